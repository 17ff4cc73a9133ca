import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axeCore from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page as it stands, small targets too, and whether it scrolls sideways. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: check } = globalThis as unknown as { axe: typeof axeCore };
    const { violations } = await check.run({ rules: { "target-size": { enabled: true } } });
    const found = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(" ")}`,
    );
    const tooWide = document.documentElement.scrollWidth - innerWidth;
    return tooWide > 0 ? [...found, `scrolls sideways by ${tooWide} pixels`] : found;
  });
}

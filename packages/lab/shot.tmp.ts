import { preview } from "vite";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { openBrowser, openPage } from "./test/browser.ts";
const server = await preview({
  root: "/tmp/step-lab",
  configFile: false,
  logLevel: "silent",
  build: { outDir: "/tmp/step-lab" },
  preview: { host: "127.0.0.1", port: 0 },
});
const url = server.resolvedUrls!.local[0]!;
const browser = await openBrowser();
const { page, problems } = await openPage(browser, url);
await page.goto(`${url}#/step`);
const t = Date.now();
await page.getByRole("button", { name: "Open this step" }).click();
await page.getByTestId("totals").waitFor();
console.log("opened in", Date.now() - t, await page.getByTestId("totals").innerText());
await page.locator('[data-kernel="16"] button').click();
console.log("focus", await page.evaluate(() => document.activeElement!.textContent));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
for (const colorScheme of ["light", "dark"] as const)
  for (const width of [360, 800, 1400]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    console.log(width, "overflow", await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
    await page.screenshot({ path: `/tmp/step/step-${colorScheme}-${width}.png`, fullPage: true });
    await page.evaluate(axe);
    console.log(
      await page.evaluate(async () => {
        const { violations } = await (globalThis as any).axe.run();
        return violations.map(
          (v: any) => `${v.id}: ${v.nodes.map((n: any) => n.html.slice(0, 160) + " " + n.failureSummary).slice(0, 2)}`,
        );
      }),
    );
  }
console.log(problems);
await browser.close();
await server.close();

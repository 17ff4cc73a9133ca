import {
  faultsOf,
  hasBrowser,
  needsBrowser,
  openBrowser,
  openPage,
  type Browser,
  type Page,
} from "@fledge/testing/chromium";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listLadders } from "../build/plugins.ts";
import { views } from "../src/pages/ladder/views.ts";
import { pages } from "../src/pages/pages.ts";
import { buildAndServe, type BuiltPage } from "./built-page.ts";

const projects = await listLadders();
const ladders = new Map(
  projects.flatMap((one) => one.ladders.map(({ name, rungs }) => [name, rungs.map(({ id }) => id.split("/")[1])])),
);

/** Addresses of a page that shows more than one thing; of any other, its name is the address. */
const addressesOf: Readonly<Record<string, readonly string[]>> = {
  ladder: views.map(({ name }) => `ladder/relu/${name}`),
  puzzles: ["puzzles", "puzzles/sgd-update/02-vec4"],
};
const addresses = [...pages.flatMap(({ name }) => addressesOf[name] ?? [name]), "nowhere", "ladder/no-such-kernel"];

/** Buttons, pressed in this order, that make a page show all that it has. */
const buttons: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "ladder/relu/measure": ["Check every rung", /^Time, a few seconds/],
  "ladder/relu/edit": ["Test on all shapes", "Time yours and the ladder"],
  "puzzles/sgd-update/02-vec4": [/^Hint 1/, /^Hint 2/, "Check"],
  step: ["Open this step"],
};

/** Run in a page, makes frames and timers late, as on a busy machine: an effect that waits for them comes after the next key. */
const lateFrames = `{
  const timer = setTimeout;
  window.requestAnimationFrame = (told) => timer(() => told(performance.now()), 200);
  window.setTimeout = (told, ms = 0, ...rest) => timer(told, ms + 200, ...rest);
}`;

const widths = [1440, 820, 390];
const colours = ["light", "dark"] as const;

/** Whether what is asked of the page is there, and nothing runs. */
async function settle(page: Page): Promise<void> {
  await page.locator("main h1, main .problem").first().waitFor();
  await page.waitForFunction(
    () =>
      ![...document.querySelectorAll("[role=status]")].some(({ textContent }) => textContent.startsWith("Loading")) &&
      ![...document.querySelectorAll("button")].some((one) => one.textContent === "Stop" && !one.disabled) &&
      document.querySelector("[data-testid=adapter]") !== null,
    undefined,
    { timeout: 300_000 },
  );
}

describe.runIf(hasBrowser)(needsBrowser("every page of the lab"), { timeout: 600_000 }, () => {
  let built: BuiltPage;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    built = await buildAndServe();
    browser = await openBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await built?.close();
  });
  beforeEach(async () => {
    ({ page, problems } = await openPage(browser, built.url));
  });
  afterEach(async () => {
    await page.close();
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });

  const go = async (address: string): Promise<void> => {
    await page.goto("about:blank"); // Else only the fragment changes, and what is there may be the page before.
    await page.goto(`${built.url}#/${address}`);
    await settle(page);
  };

  /** Why a link within the lab leads nowhere, or null. */
  const whyDead = (href: string): string | null => {
    const [name = "", kernel, view, rung] = href.replace(/^#\//, "").split("/");
    if (!pages.some((one) => one.name === name)) return `${href}: there is no such page`;
    if (name !== "ladder") return null;
    const rungs = ladders.get(kernel ?? "");
    if (!rungs) return `${href}: there is no such ladder`;
    if (view !== undefined && !views.some((one) => one.name === view)) return `${href}: there is no such view`;
    if (view === undefined || view === "chapter" || rung === undefined) return null;
    return [...rungs, "00-noop", "skeleton"].includes(rung) ? null : `${href}: there is no such rung`;
  };
  const deadLinks = async (): Promise<string[]> => {
    const hrefs = await page.locator("a[href]").evaluateAll((all) => all.map((one) => one.getAttribute("href")!));
    const foreign = hrefs.filter((href) => !/^(#|https:\/\/)/.test(href)).map((href) => `${href}: no visitor has it`);
    return [...foreign, ...hrefs.filter((href) => href.startsWith("#/")).flatMap((href) => whyDead(href) ?? [])];
  };

  it.each(addresses)("#/%s: nothing that axe finds, no sideways scrolling, no dead link", async (address) => {
    await go(address);
    const found: string[] = await deadLinks();
    const look = async (): Promise<void> => {
      for (const width of widths)
        for (const colorScheme of colours) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          found.push(...(await faultsOf(page)).map((fault) => `${width} ${colorScheme}: ${fault}`));
        }
    };
    await look();
    for (const name of buttons[address] ?? []) {
      await page.getByRole("button", { name }).click();
      await settle(page);
    }
    if (buttons[address]) await look();
    expect(found).toEqual([]);
  });

  it("tells addresses apart by their titles", async () => {
    await page.addInitScript(lateFrames);
    const titles: string[] = [];
    for (const address of addresses.slice(0, -2)) {
      await go(address);
      titles.push(await page.title());
    }
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(projects.map(({ project, ladders: all }) => [project, all[0]!.name] as const))(
    "shows the chapter of %s: its drawings, and links that a visitor without a checkout can follow",
    async (_, ladder) => {
      await go(`ladder/${ladder}/chapter`);
      expect(await deadLinks()).toEqual([]);
      const headings = await page
        .locator(`a[href^="#/ladder/${ladder}/chapter/"]`)
        .evaluateAll((all) => all.map((one) => one.getAttribute("href")!.split("/").at(-1)!));
      expect(headings.length).toBeGreaterThan(0);
      for (const heading of headings) expect(await page.locator(`#chapter-${heading}`).count(), heading).toBe(1);
      for (const image of await page.locator("article img").all()) {
        await image.scrollIntoViewIfNeeded();
        await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
      }
    },
  );

  /** Presses Tab until the element with this text or name has the focus. */
  const tabTo = async (wanted: string): Promise<void> => {
    const passed: string[] = [];
    for (let count = 0; count < 200; count += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { ariaLabel, textContent } = document.activeElement!;
        return (ariaLabel ?? textContent ?? "").trim().replaceAll(/\s+/g, " ");
      });
      if (name.startsWith(wanted)) return;
      passed.push(name.slice(0, 40));
    }
    throw new Error(`Tab leads to no "${wanted}", but to ${passed.join("; ")}`);
  };

  it("leads with the keyboard alone from the first page over a rung and its checks to a module of one's own", async () => {
    await page.addInitScript(lateFrames);
    await go("");
    await tabTo("Read a rung");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "02-vec4" }).waitFor();
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("main");
    await tabTo("Next 03-strided");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "03-strided" }).waitFor();
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("03-strided");
    await tabTo("Edit a copy");
    await page.keyboard.press("Enter");
    await page.getByTestId("editor").locator(".cm-content").waitFor();
    await tabTo("Your module, in WGSL");
    await page.keyboard.press("ControlOrMeta+Home");
    await page.keyboard.type("notWgsl ");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate(() => document.activeElement!.closest("[data-testid=editor]"))).toBe(null);
    await page.getByRole("button", { name: "Test on all shapes" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/^It does not compile, line 1: /).waitFor();
    await settle(page);
    // The button that was pressed still has the focus once it is done.
    await page.keyboard.press("Shift+Tab");
    await tabTo("Test on all shapes");
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ladderSchema } from "@fledge/bench/ladder-schema";
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
import { buildAndServe, type BuiltPage } from "./built-page.ts";

const ladders = (await listLadders()).flatMap(({ ladders: all }) => all.map(({ name }) => name));

describe.runIf(hasBrowser)(needsBrowser("the lab"), { timeout: 600_000 }, () => {
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
    // No request left the machine, and nothing failed unseen.
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });

  const go = async (address: string): Promise<void> => {
    await page.goto(`${built.url}#/${address}`);
  };
  const type = async (text: string): Promise<void> => {
    await page.getByTestId("editor").locator(".cm-content").click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.insertText(text);
  };
  const kernelFile = (path: string): string =>
    readFileSync(join(import.meta.dirname, "../../../kernels", path), "utf8");

  it("lists every ladder, and names the adapter", async () => {
    await go("");
    await expect.poll(() => page.getByTestId("adapter").textContent()).toMatch(/swiftshader/i);
    await page.getByRole("heading", { level: 1 }).waitFor(); // The page is loaded apart from the adapter.
    for (const name of ladders) expect(await page.getByRole("link", { name, exact: true }).count()).toBe(1);
  });

  it("shows a rung beside the one it starts from, and what its header claims", async () => {
    await go("ladder/relu/study/02-vec4");
    await page.getByText("Expect", { exact: true }).first().waitFor();
    await page.locator(".cm-editor").first().waitFor();
    expect(await page.locator(".lesson figcaption").textContent()).toContain("01-naive");
    expect(await page.locator(".cm-changedLine, .cm-insertedLine").count()).toBeGreaterThan(0);
  });

  it("passes every rung's check, in every ladder, on the smallest shape of its list", async () => {
    const wrong: string[] = [];
    for (const name of ladders) {
      await go(`ladder/${name}/measure`);
      await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
      const shapes = page.getByLabel("Named");
      const check = page.getByRole("button", { name: "Check every rung" });
      await check.waitFor();
      const options = await shapes.locator('option[value^="test"]').evaluateAll((all) =>
        all.map((one) => ({
          key: one.getAttribute("value")!,
          name: one.textContent!,
          bytes: Number(one.getAttribute("data-bytes")),
        })),
      );
      // Only some rungs take tensors that are stored in f16.
      const [smallest] = options
        .filter(({ name: shape }) => !shape.startsWith("f16, "))
        .sort((a, b) => a.bytes - b.bytes);
      if (!smallest) throw new Error(`${name} has no shapes to be tested on`);
      await shapes.selectOption(smallest.key);
      await check.click();
      const rows = page.locator(`[data-rung^="${name}/"]`);
      await rows.first().waitFor();
      await expect.poll(() => check.isEnabled(), { message: name }).toBe(true);
      const outcomes = await rows.evaluateAll((all) =>
        all.map((row) => [row.getAttribute("data-outcome"), row.textContent] as const),
      );
      wrong.push(...outcomes.filter(([outcome]) => outcome === "failed").map(([, text]) => `${name}: ${text}`));
      // SwiftShader has no f16, which a cast is from or to.
      const cannot = outcomes.every(([, text]) => text?.includes("shader-f16"));
      if (!cannot && !outcomes.some(([outcome]) => outcome === "sound")) wrong.push(`${name}: nothing was checked`);
    }
    expect(wrong).toEqual([]);
  });

  it("shows a compile error at its line", async () => {
    await go("ladder/relu/edit/01-naive");
    await page.getByTestId("editor").waitFor();
    const source = kernelFile("elementwise/src/relu/01-naive.wgsl");
    const lines = source.split("\n");
    const line = lines.findIndex((text) => text.includes("out["));
    lines[line] = "    out[i] = notThere;";
    await type(lines.join("\n"));
    await page.getByRole("button", { name: "Test on all shapes" }).click();
    const mark = page.locator(".cm-lintRange-error");
    await mark.waitFor();
    expect(await page.locator(".cm-line").filter({ has: mark }).innerText()).toContain("notThere");
    expect(await page.getByRole("region", { name: "Tests" }).innerText()).toContain(`:${line + 1}:`);
  });

  it("rejects a solution that is wrong, and one whose fault a single run forgives", async () => {
    await go("ladder/relu/edit/01-naive");
    const source = kernelFile("elementwise/src/relu/01-naive.wgsl");
    const test = page.getByRole("button", { name: "Test on all shapes" });
    const rows = page.locator("[data-case]");
    const outcomeOf = async (text: string): Promise<string> => {
      await type(text);
      await test.click();
      await rows.first().waitFor();
      await expect.poll(() => test.isEnabled()).toBe(true);
      return page.getByRole("region", { name: "Tests" }).innerText();
    };
    expect(await outcomeOf(source.replace("WORKGROUP = 64u", "WORKGROUP = 32u"))).not.toContain("wrong");
    expect(await outcomeOf(source.replace("i >= params.count", "i >= params.count + 4u"))).toContain(
      "past the end of out",
    );
  });

  it("refuses a puzzle's wrong solution, takes the rung's own, shows hints one at a time, and keeps both", async () => {
    const rung = kernelFile("sgd/src/update/02-vec4.wgsl");
    const check = page.getByRole("button", { name: "Check", exact: true });
    const checked = async (text: string, outcome: string): Promise<void> => {
      await type(text);
      await check.click();
      await page.getByRole("status").filter({ hasText: outcome }).waitFor();
      await expect.poll(() => check.isEnabled()).toBe(true);
    };
    await go("puzzles");
    const begin = page.getByRole("paragraph").filter({ hasText: /^Begin with/ });
    expect(await begin.getByRole("link").getAttribute("href")).toBe("#/puzzles/relu/01-naive");
    await page.getByRole("link", { name: "Four elements to a load" }).click();
    await page.getByTestId("editor").locator(".cm-content").waitFor();
    // The bound of elements on a count of vectors; this adapter moves what it writes past the end to the last element.
    await checked(rung.replace("4u * i >= params.count", "i >= params.count"), "Wrong on");
    await checked(rung, "Right on");

    const hints = page.getByRole("region", { name: "Hints" }).getByRole("listitem");
    expect(await hints.count()).toBe(0);
    await page.getByRole("button", { name: "Hint 1 of 4" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await hints.count()).toBe(2);

    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Puzzles" }).click();
    const listed = page.getByRole("listitem").filter({ hasText: "Four elements to a load" });
    await expect.poll(() => listed.innerText()).toContain("right, not timed");
    page.once("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Forget my progress" }).click();
    await expect.poll(() => listed.innerText()).toContain("to do");
  });

  it("goes from puzzle to puzzle, and counts those that are solved", async () => {
    await go("puzzles/relu/01-naive");
    const neighbours = page.getByRole("navigation", { name: "Neighbouring puzzles" });
    await neighbours.getByRole("link", { name: "Four numbers at once" }).click();
    await page.getByRole("heading", { level: 1, name: "Four numbers at once" }).waitFor();
    expect(await neighbours.getByRole("link").allInnerTexts()).toEqual([
      "One number to an invocation",
      "A loop of vectors",
    ]);
    await page.evaluate(() => {
      const progress = { hints: 0, isRight: true, best: { share: 0.95, adapter: "some GPU" } };
      localStorage.setItem("fledge-lab/puzzle/progress/relu/01-naive", JSON.stringify(progress));
    });
    await go("puzzles");
    await page.getByText("Go on with Four numbers at once").waitFor();
    const bars = page.getByRole("progressbar");
    expect(await bars.first().getAttribute("aria-label")).toMatch(/^1 of \d+ solved$/);
    expect(await page.getByRole("region", { name: "relu" }).getByRole("listitem").first().innerText()).toContain(
      "95.0 %",
    );
  });

  it("times a puzzle's solution against the rung, and says when it is solved", async () => {
    await go("puzzles/sgd-update/02-vec4");
    await page.getByTestId("editor").locator(".cm-content").waitFor();
    await type(kernelFile("sgd/src/update/02-vec4.wgsl"));
    await page.getByRole("button", { name: "Time against 02-vec4" }).click();
    const standing = page.getByTestId("standing");
    await standing.waitFor();
    expect(await standing.innerText()).toMatch(/Your best reached [\d.]+ % of the rung's rate on .*90\.0 % is asked/);
    expect(await page.getByRole("region", { name: "Times" }).locator('[data-outcome="timed"]').count()).toBe(3);
  });

  it("times a ladder, keeps the numbers as a file, and compares with one", async () => {
    await go("ladder/scale/measure");
    await page.getByRole("button", { name: "Time, a few seconds" }).click();
    const times = page.getByRole("region", { name: "Times" });
    await times.waitFor();
    expect(await times.locator('[data-outcome="timed"]').count()).toBeGreaterThan(1);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Keep as JSON" }).click(),
    ]);
    const file = await download.path();
    // The page's file is one that the benchmarks read, and so one for a kernel's results/.
    const { adapter, environment, cases } = ladderSchema.parse(
      (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)["scale"],
    );
    expect(adapter.name).toMatch(/swiftshader/i);
    expect(environment.browser).toMatch(/Chrom/);
    expect(cases.map(({ name }) => name)).toEqual(["a loss"]);
    await page.getByLabel("Compare with a file").setInputFiles(file);
    await page.getByRole("region", { name: "Comparison" }).waitFor();
    await page.getByLabel("Compare with a file").setInputFiles(join(import.meta.dirname, "lab.test.ts"));
    expect(await page.getByRole("alert").innerText()).toContain("lab.test.ts is no JSON file");
  });

  it("shows step by step what lanes read and write", async () => {
    await go("ladder/linear-forward/moves/04-workgroup-tiles");
    const caption = page.getByTestId("caption");
    await caption.waitFor();
    expect(await caption.innerText()).toMatch(/^Step 1 of \d+, after 0 barriers: .* of xTile/);
    expect(
      await page.locator("figure[data-memory]").evaluateAll((all) => all.map((one) => one.dataset["memory"])),
    ).toEqual(["x", "weight", "bias", "xTile", "weightTile", "out"]);
    // By the keyboard: to the last step, where each lane writes its own elements of out, and back.
    await page.getByRole("slider", { name: "Step" }).focus();
    await page.keyboard.press("End");
    await expect.poll(() => caption.innerText()).toContain("8 lanes write 32 cells of out, each by one lane");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => caption.innerText()).toContain("Step 22 of 23");
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => caption.innerText()).toMatch(/Step ([3-9]|\d\d) of/);
    // What moves the slider stops the picture, unless it has come to its end by itself.
    await page.getByRole("slider", { name: "Step" }).focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "Play" }).waitFor();
    // A lane that is followed leaves the others' cells without colour.
    await page.getByRole("slider", { name: "Step" }).focus();
    await page.keyboard.press("End");
    const coloured = page.locator('[data-memory="out"] .now');
    await expect.poll(() => coloured.count()).toBe(32);
    await page.getByLabel("Follow").selectOption("5");
    await expect.poll(() => coloured.count()).toBe(4);
    expect(await page.getByTestId("totals").locator('[data-memory="x"]').innerText()).toMatch(/64\s+128\s+2\.00/);
    await page.getByText("Sizes and constants").click();
    await page.getByRole("spinbutton", { name: "IN", exact: true }).fill("7");
    await page.getByRole("button", { name: "Run with these" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("IN 7 is no multiple of 4");
  });

  it("shows rungs that use subgroups or f16 where the adapter has no such, and says what it emulated", async () => {
    const emulated = page.getByTestId("emulated");
    await go("ladder/conv2d-forward/moves/10-winograd");
    await emulated.waitFor();
    expect(await emulated.innerText()).toContain("subgroups of 8 lanes");
    await page.locator(".pass select").selectOption({ label: "3 of 4: main" });
    const caption = page.getByTestId("caption");
    await page.getByRole("slider", { name: "Step" }).focus();
    await page.keyboard.press("End");
    await expect.poll(() => caption.innerText()).toContain("4 lanes write 16 cells of products, each by one lane");
    expect(await page.locator(".now-line").innerText()).toMatch(/^\s*\d+ .*products\[/);
    // The result was judged too: it would be an alert.
    expect(await page.getByRole("alert").count()).toBe(0);
    await go("ladder/linear-forward/moves/06-f16");
    await expect.poll(() => emulated.innerText()).toContain("f16, which this adapter lacks");
    expect(await page.getByRole("alert").count()).toBe(0);
    await go("ladder/conv2d-forward/moves/12-subgroup-matrix");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("multiplies on matrix units");
  });

  it("opens a training step: every kernel in time, in the arena and as a row", async () => {
    await go("step");
    await page.getByLabel("Images", { exact: true }).fill("0");
    await page.getByRole("button", { name: "Open this step" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("batch: give a whole number from 1 to 64");
    for (const [name, size] of [
      ["Images", 2],
      ["Width, channels of the first stage", 4],
    ] as const)
      await page.getByLabel(name, { exact: true }).fill(String(size));
    await page.getByRole("button", { name: "Open this step" }).click();
    const totals = await page.getByTestId("totals").innerText();
    const rows = page.locator("[data-kernel]");
    expect(totals).toMatch(new RegExp(`^${await rows.count()} kernels in \\d+ dispatches: `));
    expect(await page.locator(".timeline .bar-of").count()).toBe(await rows.count());

    // The keyboard walks the time line; a row of the table leads to its details, and those to the rung's page.
    await page.getByRole("slider", { name: "Kernel of the step" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.getByTestId("details").innerText()).toMatch(/^1: conv2d-forward/);
    await page.locator(".kernel-filter select").selectOption("batchnorm-backward");
    const shown = await rows.count();
    expect(shown).toBe(20);
    await page.getByRole("button", { name: "Moves" }).click();
    const moved = await rows.evaluateAll((all) =>
      all.map((row) => {
        const bytes = [...row.querySelectorAll("td")].map((cell) => /^([\d.]+) (B|KiB|MiB)$/.exec(cell.textContent!));
        const [, number, unit] = bytes.find((found) => found !== null)!;
        return Number(number) * { B: 1, KiB: 2 ** 10, MiB: 2 ** 20 }[unit as "B"];
      }),
    );
    expect(moved).toEqual(moved.toSorted((a, b) => b - a));
    await rows.first().getByRole("button").click();
    expect(await page.evaluate(() => document.activeElement!.textContent)).toMatch(/^\d+: batchnorm-backward/);
    expect(await page.locator(".life.chosen").count()).toBeGreaterThan(2);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Keep as JSON" }).click(),
    ]);
    const kept = JSON.parse(readFileSync(await download.path(), "utf8")) as Record<string, unknown[]>;
    expect(kept["adapter"]).toMatch(/swiftshader/i);
    expect(kept["kernels"]).toHaveLength(await page.locator(".timeline .bar-of").count());
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("link", { name: /^Study 0/ }).click();
    await page.getByRole("heading", { level: 1, name: "batchnorm-backward" }).waitFor();
  });

  it("says what is wrong with a size, and of an address that leads nowhere", async () => {
    await go("ladder/relu/measure");
    await page.getByRole("spinbutton", { name: "count" }).fill("-3");
    await page.getByRole("spinbutton", { name: "count" }).blur();
    expect(await page.getByRole("alert").innerText()).toContain("count");
    await go("ladder/no-such-kernel");
    await page.getByText('There is no ladder "no-such-kernel"').waitFor();
    await go("nowhere");
    await page.getByText('There is no page "nowhere"').waitFor();
    await go("puzzles/relu/99-none");
    await page.getByText('There is no puzzle "relu/99-none"').waitFor();
  });

  it("is used with the keyboard alone", async () => {
    await go("");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement!.textContent)).toContain("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("main");
    await go("ladder/relu/study");
    const links = page.getByRole("navigation", { name: "Rungs" }).getByRole("link");
    await links.filter({ hasText: "02-vec4" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "02-vec4" }).waitFor();
  });
});

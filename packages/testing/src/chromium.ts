import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";

// As tools/test-browser.mjs looks for them.
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const executablePath = names
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((file) => existsSync(file));

export type { Browser, Page } from "playwright-core";

/** What the tests of something in a browser are called: where there is none, they say how to install it, and do not run. */
export const needsBrowser = (what: string): string => `${what} in Chromium (apt-get install chromium)`;
export const hasBrowser = executablePath !== undefined;

/** Chromium without a window, whose WebGPU computes on the CPU: SwiftShader. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath!,
    args: [
      "--no-sandbox", // It refuses to run as root with one.
      "--disable-dev-shm-usage",
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
    ],
  });

/** A page that keeps what went wrong in it, and where it asked for something else than its own server. */
export interface Watched {
  readonly page: Page;
  readonly problems: string[];
}

export async function openPage(browser: Browser, own: string): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", ({ message }) => problems.push(`uncaught: ${message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !/^(data|blob):/.test(url)) problems.push(`asked for ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} for ${response.url()}`);
  });
  page.setDefaultTimeout(240_000); // On a busy machine; below the tests' own, so that it says what it waited for.
  return { page, problems };
}

/** As text, for it runs in the page: three places of each fault, and whether the page scrolls sideways. */
const look = `(async () => {
  const { violations } = await axe.run({ rules: { "target-size": { enabled: true } } });
  const found = violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).slice(0, 3).join(" "));
  const tooWide = document.documentElement.scrollWidth - innerWidth;
  return tooWide > 0 ? [...found, "scrolls sideways by " + tooWide + " pixels"] : found;
})()`;

/** What axe finds wrong with a page as it stands, small targets too, and whether it scrolls sideways. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(look);
}

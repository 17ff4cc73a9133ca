// What a first visit loads of the static files, and how long it takes until the page is there: nothing is cached.
import type { Socket } from "node:net";
import { spreadOf } from "@fledge/kernel-lab";
import { renderTable, threeDigits } from "@fledge/bench/table";
import { hasBrowser, needsBrowser, openBrowser, type Browser } from "@fledge/testing/chromium";
import { buildAndServe, type BuiltPage } from "../test/built-page.ts";

/** Addresses of the lab, and what a visitor comes to each of them for. */
const addresses = {
  "": ".card a",
  help: "article dl",
  "ladder/relu/study": ".cm-editor",
  "ladder/relu/moves": ".player",
  "ladder/relu/measure": ".shape select",
  "ladder/relu/edit": ".cm-content",
  "ladder/conv2d-forward/chapter": "article",
  puzzles: ".puzzles a",
  "puzzles/sgd-update/02-vec4": ".cm-content",
  step: ".shape select",
} as const;

/** Chrome's "Slow 4G". */
const slow4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };

interface Visit {
  readonly requests: number;
  /** On the wire: headers too, and what a server compresses is compressed. */
  readonly bytes: number;
  readonly paintMs: number;
  /** Until what the visitor came for is there; it takes clicks from then on. */
  readonly usableMs: number;
  /** Until the adapter is named, and kernels can run. */
  readonly adapterMs: number;
}

/** Counts what a server sends from now on. */
function countSent({ server }: BuiltPage): () => { readonly requests: number; readonly bytes: number } {
  const sockets = new Set<Socket>();
  let requests = 0;
  const add = (socket: Socket): void => void sockets.add(socket);
  const count = (): void => void (requests += 1);
  server.on("connection", add).on("request", count);
  return () => {
    server.off("connection", add).off("request", count);
    return { requests, bytes: [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0) };
  };
}

/** A first visit, in a browser context of its own: its cache and its connections are new. */
async function visit(browser: Browser, built: BuiltPage, address: string, awaited: string, isSlow: boolean) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    if (isSlow) {
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", slow4G);
    }
    const sent = countSent(built);
    await page.goto(`${built.url}#/${address}`, { waitUntil: "commit" });
    /** When something is there, on the page's clock; no text is evaluated, which the content security policy forbids. */
    const when = async (selector: string): Promise<number> => {
      const answer = await page.waitForFunction(
        (wanted) => (document.querySelector(wanted) ? performance.now() : null),
        selector,
        { polling: "raf", timeout: 300_000 },
      );
      return Number(await answer.jsonValue());
    };
    const [usableMs, adapterMs] = await Promise.all([when(awaited), when("[data-testid=adapter]")]);
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    );
    return { ...sent(), paintMs, usableMs, adapterMs } satisfies Visit;
  } finally {
    await context.close();
  }
}

const median = (visits: readonly Visit[], of: keyof Visit): number => spreadOf(visits.map((one) => one[of])).median;

async function measure(): Promise<void> {
  const count = process.env["FLEDGE_BENCH"] === "full" ? 11 : 3;
  const built = await buildAndServe();
  const browser = await openBrowser();
  try {
    const rows: string[][] = [];
    for (const [address, awaited] of Object.entries(addresses)) {
      const visits: Record<"near" | "slow", Visit[]> = { near: [], slow: [] };
      for (let index = 0; index < count; index += 1) {
        visits.near.push(await visit(browser, built, address, awaited, false));
        visits.slow.push(await visit(browser, built, address, awaited, true));
      }
      const { near, slow } = visits;
      const cells = [
        median(near, "requests"),
        median(near, "bytes") / 1024,
        median(near, "paintMs"),
        median(near, "usableMs"),
        median(near, "adapterMs"),
        median(slow, "paintMs"),
        median(slow, "usableMs"),
      ];
      rows.push([`#/${address}`, ...cells.map(threeDigits)]);
    }
    console.log(`\n## A first visit to the lab's static files, Chromium ${browser.version()}\n`);
    console.log(
      `Medians of ${count}, from this machine and over an emulated slow 4G (1.6 Mbit/s, 150 ms a round trip); gzip.\n`,
    );
    const times = ["paint", "usable", "adapter", "4G paint", "4G usable"].map((name) => `${name} ms`);
    console.log(renderTable(["address", "requests", "KiB", ...times], rows));
  } finally {
    await browser.close();
    await built.close();
  }
}

if (hasBrowser) await measure();
else console.log(`Nothing is measured without a browser: ${needsBrowser("the lab's pages")}`);

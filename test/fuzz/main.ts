// The long run: npx tsx test/fuzz/main.ts --reader safetensors --count 100000 --seed 1
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { runCommand } from "@fledge/bench/command-line";
import { keep } from "./corpus.ts";
import { inputOf, outcomes } from "./fuzz.ts";
import { fuzzOptions, usage } from "./options.ts";
import type { Word } from "./read-files.ts";
import { readerOf, readers } from "./readers/all.ts";

/** Without a word from a child for so long, the reader hangs. */
const silenceMs = 30_000;

/** Files between two words of a child, which cost as much as a small file's reading. */
const stride = 256;

const columns = [...outcomes, "slow", "hang", "died"] as const;

/** Resolves when the child ends or has been silent for too long. */
async function outlive(child: ChildProcess, listen: (word: Word) => void): Promise<"ended" | "silent"> {
  let timer: NodeJS.Timeout;
  return new Promise((resolve) => {
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        resolve("silent");
      }, silenceMs);
    };
    wait();
    child.on("message", (word) => {
      wait();
      listen(word as Word);
    });
    void once(child, "close").then(() => {
      clearTimeout(timer);
      resolve("ended");
    });
  });
}

interface Totals {
  readonly counts: Record<(typeof columns)[number], number>;
  peakMiB: number;
}

async function fuzz(name: string, seed: number, from: number, count: number): Promise<Totals> {
  const none = Object.fromEntries(columns.map((column) => [column, 0]));
  const totals: Totals = { counts: none as Totals["counts"], peakMiB: 0 };
  const end = from + count;
  let next = from;
  let carefulTo = from;
  while (next < end) {
    // Where a child ended or hung, the files since its last word are read again, each with a word of its own.
    const careful = next < carefulTo;
    const [to, every] = careful ? [Math.min(carefulTo, end), 1] : [end, stride];
    const child = fork(join(import.meta.dirname, "read-files.ts"), [name, `${seed}`, `${next}`, `${to}`, `${every}`], {
      execArgv: ["--import", import.meta.resolve("tsx")],
    });
    const how = await outlive(child, (word) => {
      for (const outcome of [...outcomes, "slow"] as const) totals.counts[outcome] += word.counts[outcome] ?? 0;
      totals.peakMiB = Math.max(totals.peakMiB, word.peakMiB);
      next = word.next;
    });
    if (next >= to) continue;
    if (!careful) carefulTo = next + stride;
    else {
      const outcome = how === "silent" ? "hang" : "died";
      totals.counts[outcome] += 1;
      console.error(`${keep(name, `${seed}-${next}`, inputOf(readerOf(name), seed, next))}: ${outcome}`);
      next += 1;
    }
  }
  return totals;
}

await runCommand(usage, async (args) => {
  const known = readers.map(({ name }) => name);
  const { readers: chosen, seed, from, count } = fuzzOptions(args, known);
  console.log(`| reader | seed | from | files | ${columns.join(" | ")} | peak MiB |`);
  console.log(`|${" --- |".repeat(columns.length + 5)}`);
  for (const name of chosen) {
    const { counts, peakMiB } = await fuzz(name, seed, from, count);
    const cells = columns.map((outcome) => counts[outcome]);
    console.log(`| ${[name, seed, from, count, ...cells, peakMiB].join(" | ")} |`);
    const sound = counts.same + counts.other + counts.refused;
    if (sound < count) process.exitCode = 1;
  }
});

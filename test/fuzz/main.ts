// The long run: npx tsx test/fuzz/main.ts --reader safetensors --count 100000 --seed 1
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { keep } from "./corpus.ts";
import { contentsOf, inputOf, isFault, judge, outcomes, type Outcome } from "./fuzz.ts";
import { readers } from "./readers/all.ts";

/** Without a word from a child for so long, the reader hangs. */
const silenceMs = 30_000;

/** Files between two words of a child, which cost as much as a small file's reading. */
const stride = 256;

/** A reading of so few bytes takes milliseconds. */
const slowMs = 5000;

type Counts = Partial<Record<Outcome | "slow", number>>;

/** From a child: the number of the next file, and what became of those before it since its last word. */
interface Word {
  readonly next: number;
  readonly counts: Counts;
  readonly peakMiB: number;
}

const columns = [...outcomes, "slow", "hang", "died"] as const;

const readerOf = (name: string) => {
  const found = readers.find((reader) => reader.name === name);
  if (found) return found;
  throw new Error(`there is no reader "${name}"; there is ${readers.map((reader) => reader.name).join(", ")}`);
};

/** Reads files in a process of its own, so that a crash or a hang of native code ends only that. */
async function readFiles(name: string, seed: number, from: number, end: number, every: number): Promise<void> {
  const reader = readerOf(name);
  const known = await contentsOf(reader);
  let counts: Counts = {};
  for (let index = from; index < end; index++) {
    const bytes = inputOf(reader, seed, index);
    const begun = performance.now();
    const judged = await judge(reader, bytes, known);
    const ms = Math.round(performance.now() - begun);
    const isSlow = ms > slowMs && !isFault(judged.outcome);
    const [outcome, reason] = isSlow ? (["slow", `${ms} ms`] as const) : [judged.outcome, judged.reason];
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === "slow" || isFault(outcome))
      console.error(`${keep(name, `${seed}-${index}`, bytes)}: ${outcome}: ${reason}`);
    if ((index + 1) % every !== 0 && index + 1 < end) continue;
    process.send!({ next: index + 1, counts, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) });
    counts = {};
  }
}

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
    const child = fork(import.meta.filename, ["--child", name, `${seed}`, `${next}`, `${to}`, `${every}`], {
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    child: { type: "boolean", default: false },
    reader: { type: "string", multiple: true, default: readers.map(({ name }) => name) },
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});

if (values.child) {
  const [name, ...numbers] = positionals;
  const [seed, from, end, every] = numbers.map(Number);
  await readFiles(name!, seed!, from!, end!, every!);
  process.disconnect();
} else {
  const [seed, from, count] = [Number(values.seed), Number(values.from), Number(values.count)];
  values.reader.forEach(readerOf);
  console.log(`| reader | seed | files | ${columns.join(" | ")} | peak MiB |`);
  console.log(`|${" --- |".repeat(columns.length + 4)}`);
  for (const name of values.reader) {
    const { counts, peakMiB } = await fuzz(name, seed, from, count);
    const cells = columns.map((outcome) => counts[outcome]);
    console.log(`| ${[name, seed, count, ...cells, peakMiB].join(" | ")} |`);
    const sound = counts.same + counts.other + counts.refused;
    if (sound < count) process.exitCode = 1;
  }
}

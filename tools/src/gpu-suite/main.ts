// `npm run gpu-suite`: all that is to be known of a GPU, in one run and one results file.
import { join } from "node:path";
import { environment, placeName } from "@fledge/bench";
import { OptionsError, runCommand } from "@fledge/bench/command-line";
import { checkWritable, endingSignals, exitCodeOf, temporaryFolder, writeFileWhole } from "@fledge/files";
import { Gpu, precisions, roundsOperands, whyNotPrecision } from "@fledge/runtime";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { kernelRoots, laddersOf } from "../ladders/find-ladders.ts";
import { keepLadders } from "./keep-ladders.ts";
import { parseOptions, usage, type Options } from "./options.ts";
import { renderPage } from "./page.ts";
import { secondsFor, whyTooLong } from "./budget.ts";
import { parts, type PartContext, type PartResult } from "./parts.ts";
import { partNames, readSuite, suiteSchema, type Part, type PartName, type SuiteResult } from "./results.ts";

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

interface Found {
  readonly adapter: SuiteResult["adapter"];
  readonly refused: PartContext["refused"];
}

/** The adapter that all parts compute on, and the precisions that it has not. @throws where there is none */
async function adapterFor(name: string | undefined): Promise<Found> {
  const gpu = await Gpu.open({ adapter: name });
  await gpu.close();
  const { driver, software } = gpu.adapter;
  const reasons = precisions.map((precision) => [precision, whyNotPrecision(precision, gpu.traits)] as const);
  return { adapter: { name: gpu.adapter.name, driver, software }, refused: new Map(reasons) };
}

/** Rungs that round operands to f16. */
async function inexactRungs(): Promise<ReadonlySet<string>> {
  const ladders = (await Promise.all(kernelRoots(workspaceRoot).map(laddersOf))).flat();
  const rungs = ladders.flatMap(({ ladder }) => ladder.rungs);
  return new Set(rungs.filter(roundsOperands).map(({ id }) => id));
}

const fileOf = ({ adapter, date }: SuiteResult): string => `gpu-suite-${placeName(adapter)}-${date.slice(0, 10)}`;

/** Writes results and their page. @returns the page's file */
async function save(result: SuiteResult, page: string, folder: string): Promise<string> {
  const file = join(folder, fileOf(result));
  await writeFileWhole(`${file}.json`, `${JSON.stringify(suiteSchema.parse(result), null, 1)}\n`);
  await writeFileWhole(`${file}.md`, page);
  return `${file}.md`;
}

function partOf(name: PartName, seconds: number, { leftOut, failed, cutOff }: PartResult): Part {
  const outcome = cutOff ? "cut off" : failed !== undefined ? "failed" : leftOut !== undefined ? "left out" : "done";
  const note = failed ?? leftOut;
  return { name, outcome, seconds, ...(note !== undefined && { note }) };
}

async function measure(options: Options, command: string): Promise<void> {
  const started = performance.now();
  const { minutes, reduced, adapter, out } = options;
  const left = (): number => 60 * minutes - secondsSince(started);
  const folder = temporaryFolder("fledge-gpu-suite");
  const { adapter: found, refused } = await adapterFor(adapter);
  let result: SuiteResult = {
    format: "fledge-gpu-suite-1",
    date: new Date().toISOString(),
    command,
    reduced,
    minutes,
    adapter: found,
    environment: environment(),
    parts: [],
    doctor: [],
    conformance: [],
    rungs: [],
    steps: null,
    pytorch: null,
    ladders: {},
    demo: null,
  };
  await checkWritable(join(out, `${fileOf(result)}.json`));
  const inexact = await inexactRungs();
  for (const name of partNames.filter((one) => options.only.includes(one))) {
    const seconds = secondsFor(name, options.only, left());
    console.log(`\n=== ${name}, at most ${(seconds ?? 0).toFixed(0)} of ${left().toFixed(0)} s that are left ===`);
    const begun = performance.now();
    const keep = async (findings: Partial<SuiteResult>): Promise<void> => {
      result = { ...result, ...findings };
      await save(result, renderPage(result, inexact), out);
    };
    const { leftOut, failed, cutOff, ...findings }: PartResult =
      seconds === null || seconds < 1
        ? { leftOut: whyTooLong(name, left()) }
        : await parts[name]({ reduced, adapter, refused, folder, seconds, sofar: result, keep });
    const part = partOf(name, secondsSince(begun), { leftOut, failed, cutOff });
    await keep({ ...findings, parts: [...result.parts, part] });
    if (part.outcome !== "done") console.log(`${name}: ${part.outcome}${part.note ? `: ${part.note}` : ""}`);
  }
  const page = renderPage(result, inexact);
  console.log(`\n${page}\nWritten to ${await save(result, page, out)} and beside it as JSON`);
  if (result.parts.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
}

for (const signal of endingSignals) process.once(signal, () => process.exit(exitCodeOf(signal)));

await runCommand(usage, async (args) => {
  const options = parseOptions(args);
  if (options.from === undefined) {
    await measure(options, ["npm run gpu-suite", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
    return;
  }
  const result = readSuite(options.from);
  if (result.reduced) throw new OptionsError(`--from ${options.from}: a reduced run's figures belong into no README`);
  for (const readme of await keepLadders(result)) console.log(`written: ${readme}`);
  console.log(`written: ${await save(result, renderPage(result, await inexactRungs()), options.out)}`);
});

// `npm run peers`: Fledge beside other libraries, in one run.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { environment, placeName } from "@fledge/bench";
import { runCommand } from "@fledge/bench/command-line";
import { checkWritable, endingSignals, exitCodeOf, temporaryFolder, writeFileWhole } from "@fledge/files";
import { chooseDriver } from "@fledge/runtime/src/adapter/driver-choice.ts";
import { chartSvg } from "./chart.ts";
import { ContenderProcess } from "./contender-process.ts";
import { ours, peers, type ContenderEntry } from "./contenders.ts";
import type { Description } from "./contender.ts";
import { installPeers } from "./install.ts";
import { measureCase } from "./measure-case.ts";
import { parseOptions, usage, type Options } from "./options.ts";
import { readResults } from "./read-results.ts";
import { renderOverview } from "./overview.ts";
import { renderReport } from "./report.ts";
import { disagrees, ratioOf, timeOf, type CaseResult, type ContenderResult, type PeersResult } from "./results.ts";
import { casesOf } from "./tasks.ts";

interface Started {
  readonly entry: ContenderEntry;
  readonly process?: ContenderProcess;
  readonly description?: Description;
  readonly absent?: string;
}

async function start(entry: ContenderEntry): Promise<Started> {
  const command = entry.command();
  if ("absent" in command) return { entry, absent: command.absent };
  const process = new ContenderProcess(command);
  try {
    return { entry, process, description: (await process.ask({ do: "describe" })).description! };
  } catch (error) {
    return { entry, process, absent: (error as Error).message };
  }
}

/** Starts a process anew that a case has brought down. */
const revived = async (started: Started): Promise<Started> =>
  started.absent === undefined && started.process!.ended ? start(started.entry) : started;

/** A peer on another adapter is not compared. */
function onSameAdapter(peer: Started, own: Started): Started {
  const [theirs, expected] = [peer.description?.adapter, own.description!.adapter];
  if (!theirs || theirs.driver === expected!.driver) return peer;
  return { ...peer, absent: `it runs on ${theirs.driver}, Fledge on ${expected!.driver}` };
}

const resultOf = ({ entry: { id, title }, description, absent }: Started): ContenderResult => ({
  id,
  title,
  versions: description?.versions ?? {},
  ...(absent === undefined ? {} : { absent }),
});

function printCase(result: CaseResult): void {
  const cells = result.entries.map((entry) => {
    const time = timeOf(result, entry.contender);
    if (!time) return `${entry.contender} failed: ${entry.error}`;
    const ratio = entry.contender === "fledge" ? null : ratioOf(result, entry.contender);
    const note = disagrees(result, entry) ? `, DISAGREES by ${entry.difference}` : "";
    return `${entry.contender} ${time.median.toFixed(1)} ms${ratio ? ` (${ratio.median.toFixed(2)}x)` : ""}${note}`;
  });
  console.log(`${new Date().toISOString().slice(11, 19)}  ${result.name}\n          ${cells.join("; ")}`);
}

/** Writes the results as JSON, the page and the chart made of them, and the page of all adapters' goals. */
async function save(run: PeersResult, folder: string): Promise<void> {
  await writeFileWhole(join(folder, `${nameOf(run)}.json`), `${JSON.stringify(run, null, 1)}\n`);
  await writePages(run, folder);
}

const nameOf = ({ adapter }: PeersResult): string => `peers-${placeName(adapter)}`;

async function writePages(run: PeersResult, folder: string): Promise<void> {
  const name = nameOf(run);
  await writeFileWhole(join(folder, `${name}.svg`), chartSvg(run));
  await writeFileWhole(join(folder, `${name}.md`), renderReport(run, `${name}.svg`));
  const runs = readdirSync(folder)
    .filter((file) => /^peers-.*\.json$/.test(file))
    .sort();
  const all = runs.map((file) => [basename(file, ".json"), readResults(join(folder, file))] as const);
  await writeFileWhole(join(folder, "peers.md"), renderOverview(all));
}

async function measure(options: Options, command: string): Promise<void> {
  const startedAt = performance.now();
  await checkWritable(join(options.out, "peers.md"));
  // All contenders inherit it: they must run on the same driver.
  const problem = chooseDriver();
  if (problem !== null) throw new Error(problem);
  const chosen = peers.filter(
    ({ id, kinds }) => options.peers.includes(id) && kinds.some((kind) => options.only.includes(kind)),
  );
  if (chosen.some(({ id }) => id !== "pytorch")) installPeers();
  const own = await start(ours);
  if (own.absent !== undefined) throw new Error(`Fledge itself did not start: ${own.absent}`);
  const others: Started[] = [];
  for (const entry of chosen) others.push(onSameAdapter(await start(entry), own));
  let started: readonly Started[] = [own, ...others];
  const folder = temporaryFolder("fledge-peers");
  try {
    for (const { entry, absent } of others)
      if (absent !== undefined) console.log(`${entry.title} takes no part: ${absent}`);
    const cases: CaseResult[] = [];
    const run: PeersResult = {
      date: new Date().toISOString(),
      environment: environment(),
      adapter: own.description!.adapter!,
      settings: { command, rounds: options.rounds, slowRounds: options.slowRounds },
      contenders: started.map(resultOf),
      cases,
    };
    for (const each of casesOf(options.only, options.sides, options.quick)) {
      const present = started.filter(
        ({ entry, absent }) => absent === undefined && entry.kinds.includes(each.task.kind),
      );
      const asked = present.map(({ entry, process }) => ({ id: entry.id, ask: process!.ask.bind(process) }));
      const result = await measureCase(each, asked, options, folder);
      printCase(result);
      cases.push(result);
      await save(run, options.out);
      started = await Promise.all(started.map(revived));
    }
    console.log(
      `\n${renderReport(run, `${nameOf(run)}.svg`)}\nWritten to ${options.out} after ${Math.round((performance.now() - startedAt) / 60_000)} min`,
    );
    if (cases.some((result) => result.entries.some((entry) => disagrees(result, entry)))) process.exitCode = 1;
  } finally {
    for (const { process } of started) await process?.stop();
  }
}

for (const signal of endingSignals) process.once(signal, () => process.exit(exitCodeOf(signal)));

await runCommand(usage, async (args) => {
  const options = parseOptions(args);
  if (options.from !== undefined) return writePages(readResults(options.from), options.out);
  await measure(options, ["npm run peers", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
});

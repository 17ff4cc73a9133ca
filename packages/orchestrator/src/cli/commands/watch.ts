import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { endingSignals, isThere, lockName } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { ifAbsent } from "../../run/if-there.ts";
import { liveName } from "../../run/live-file.ts";
import { keptStudy, openStudy, type OpenStudy, type StudyPlace } from "../../study/open-study.ts";
import { followRun } from "../../watch/follow-run.ts";
import { isOver, statesOf } from "../../study/study-states.ts";
import { followStudy } from "../../watch/follow-study.ts";
import { addressOf, serve } from "../../watch/server.ts";
import { looksAt, snapshotOf, type RunState } from "../../watch/snapshot.ts";
import { studyText } from "../../watch/study-text.ts";
import { showInTerminal, type Shown } from "../../watch/terminal.ts";
import { runText } from "../../watch/text.ts";
import { log } from "../log.mjs";
import { ReportedFailure } from "../reported-failure.mjs";

type Flags = StudyPlace & { readonly terminal?: true; readonly port?: number };

const timeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );

/** The run in `runs/` that was written last. @throws UsageError where there is none */
async function latestRun(): Promise<string> {
  const folders = (await readdir("runs").catch(ifAbsent)) ?? [];
  const timed = await Promise.all(
    folders.map(async (name) => {
      const path = join("runs", name);
      const times = await Promise.all([timeOf(join(path, liveName)), timeOf(join(path, "config.json"))]);
      return { path, time: Math.max(...times) };
    }),
  );
  const latest = timed.filter(({ time }) => Number.isFinite(time)).sort((a, b) => b.time - a.time)[0];
  if (latest) return latest.path;
  throw new UsageError("there is no run in runs/: name the folder of one, as npx fledge watch runs/mine");
}

/** The study that a file or a folder holds; undefined where it is a run's folder. @throws UsageError, StudyError */
async function studyAt(path: string, flags: StudyPlace): Promise<OpenStudy | undefined> {
  const found = await stat(path).catch(ifAbsent);
  if (found?.isFile()) return openStudy(path, flags);
  for (const name of ["scale", "study"] as const)
    if (flags[name] !== undefined)
      throw new UsageError(`--${name} goes with a study's file, and ${path} is none: leave it out, or name the file`);
  return isThere(join(path, "study.json")) ? keptStudy(path) : undefined;
}

/** @throws UsageError where a folder holds something else, as the one in which runs lie does, or a study's file is not there */
async function checkFolder(path: string): Promise<void> {
  if (/\.ya?ml$/.test(path)) throw new UsageError(`${path}: there is no such file`);
  const names = (await readdir(path).catch(ifAbsent)) ?? []; // A folder that is not there yet may become a run's.
  if (names.length === 0 || ["config.json", lockName].some((name) => names.includes(name))) return;
  const holds = (name: string): Promise<boolean> =>
    readdir(join(path, name)).then(
      (files) => files.includes("config.json") || files.includes("study.json"),
      () => false,
    );
  const held = await Promise.all(names.map(holds));
  const runs = names.filter((_, at) => held[at]);
  const named = runs.slice(0, 3).map((name) => join(path, name));
  const mend =
    runs.length === 0
      ? "name a run's folder, a study's, or a study's file"
      : `name one of those in it, as ${named.join(" or ")}`;
  throw new UsageError(`${path} holds neither a run nor a study: ${mend}`);
}

const endings: readonly RunState[] = ["finished", "stopped", "failed", "unreadable", "gone"];

/** Shows a run or a study on the terminal to its end. @throws ReportedFailure where a run ends before its work is done */
async function onTerminal(path: string, study: OpenStudy | undefined): Promise<void> {
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  let unfinished = false;
  const inPlace = process.stdout.isTTY === true;
  const lookAtRun = looksAt(path);
  const look = study
    ? async (): Promise<Shown> => {
        const states = await statesOf(study);
        const over = isOver(states);
        unfinished = over && states.states.some(({ state }) => state !== "done");
        return { lines: studyText(study.study.name, states, inPlace), over };
      }
    : async (): Promise<Shown> => {
        const snapshot = await lookAtRun();
        const over = endings.includes(snapshot.state);
        unfinished = over && snapshot.state !== "finished";
        return { lines: runText(snapshot, inPlace), over };
      };
  await showInTerminal(look, process.stdout, ended.signal);
  if (unfinished) throw new ReportedFailure();
}

/** Follows a run or a study while it goes on; reads alone. */
export async function watch(named: string | undefined, { terminal, port, ...place }: Flags): Promise<void> {
  if (terminal && port !== undefined)
    throw new UsageError("--port is the page's, and --terminal shows none: give one of them");
  const path = named ?? (await latestRun());
  const study = await studyAt(path, place);
  if (!study) await checkFolder(path);
  if (terminal) return onTerminal(path, study);
  const run = followRun(path);
  const find = study ? followStudy(study) : (query: URLSearchParams) => (query.size === 0 ? run : undefined);
  const server = await serve(find, port ?? 0);
  const state = study ? undefined : (await snapshotOf(path)).state;
  if (state === "not begun") log.info(`${path} holds no run yet: the page fills as soon as one begins there`);
  console.log(
    `watch ${path} at ${addressOf(server)} (this machine alone, and nothing can be changed there); Ctrl-C ends it`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of endingSignals) process.once(signal, resolve);
  });
  server.closeAllConnections();
  server.close();
}

// Real runs in processes of their own, killed at random moments and in the midst of their writing.
import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { casesOf, figure, from, long, seed, seeded } from "./effort.ts";
import { startFledge, taken, type AtCall, type Ended } from "./processes.ts";
import { kindsOfRun, newFolder, type KindOfRun } from "./real-runs.ts";

const kinds = Object.keys(kindsOfRun) as KindOfRun[];

/** So many calls of the file system are more than a command makes before its first epoch's end, and fewer than a run's. */
const farthestCall = 500;

/** When a process is to be killed: after a share of `soundMs` since it took the run, after a time since it was started, or by itself. */
type Kill =
  | { readonly kind: "while it works"; readonly share: number }
  | { readonly kind: "while it starts"; readonly ms: number }
  | ({ readonly kind: "at a call" } & AtCall);

interface Worked extends Ended {
  /** From the taking of the run's lock to the end. */
  readonly workedMs: number;
}

/** Runs a command to its end, or kills it. */
async function runKilled(run: string, args: readonly string[], kill?: Kill, soundMs = 0): Promise<Worked> {
  const fledge = await startFledge(args, kill?.kind === "at a call" ? kill : undefined);
  if (kill?.kind === "while it starts") await Promise.race([fledge.ended, wait(kill.ms)]);
  else await taken(run, fledge);
  const began = performance.now();
  if (kill?.kind === "while it works") await Promise.race([fledge.ended, wait(kill.share * soundMs)]);
  if (kill && kill.kind !== "at a call") fledge.child.kill("SIGKILL");
  return { ...(await fledge.ended), workedMs: performance.now() - began };
}

interface Sound {
  readonly outcome: Record<string, unknown>;
  /** How long each command works. */
  readonly ms: readonly number[];
}

/** A run that nothing cuts off. */
async function soundRun(kind: KindOfRun): Promise<Sound> {
  const run = newFolder();
  const ms: number[] = [];
  for (const commandOf of kindsOfRun[kind]) {
    const { code, output, workedMs } = await runKilled(run, commandOf(run));
    expect(code, output).toBe(0);
    ms.push(workedMs);
  }
  const outcome = await outcomeOf(run);
  rmSync(run, { recursive: true });
  return { outcome, ms };
}

function drawKill(random: () => number): Kill {
  const which = random();
  if (which < 0.05) return { kind: "while it starts", ms: random() * 1000 };
  if (which < 0.5) return { kind: "while it works", share: random() * 0.7 };
  const moment = (["before", "during", "after"] as const)[Math.floor(random() * 3)]!;
  return { kind: "at a call", call: Math.floor(random() ** 2 * farthestCall), moment };
}

/** How many of each. */
type Kills = Record<Kill["kind"], number>;

const noKills = (): Kills => ({ "while it works": 0, "while it starts": 0, "at a call": 0 });

/** One run, killed up to `most` times and then let go to its end, which must be the sound run's. */
async function expectSameHoweverKilled(
  kind: KindOfRun,
  { outcome, ms }: Sound,
  random: () => number,
  most: number,
): Promise<Kills> {
  const run = newFolder();
  const kills = noKills();
  const told: string[] = [];
  for (const [index, commandOf] of kindsOfRun[kind].entries()) {
    let ended: Worked;
    do {
      const kill = told.length < most ? drawKill(random) : undefined;
      ended = await runKilled(run, commandOf(run), kill, ms[index]);
      if (ended.killed) {
        told.push(`command ${index + 1} killed ${JSON.stringify(kill)}`);
        kills[kill!.kind] += 1;
      }
    } while (ended.killed);
    expect(ended.code, `${told.join("; ")}: ${ended.output}`).toBe(0);
  }
  expect(await outcomeOf(run), told.join("; ")).toEqual(outcome);
  rmSync(run, { recursive: true });
  return kills;
}

it(
  "runs killed at random moments and at calls of the file system come to the same bits",
  async () => {
    const sounds = new Map<KindOfRun, Sound>();
    for (const kind of long ? kinds : kinds.slice(0, 1)) sounds.set(kind, await soundRun(kind));
    const wanted = casesOf(3, 1000);
    const kills = noKills();
    const total = (): number => Object.values(kills).reduce((sum, count) => sum + count, 0);
    let number = from;
    for (; total() < wanted; number++) {
      const kind = [...sounds.keys()][number % sounds.size]!;
      const most = Math.min(16, wanted - total());
      const tried = await expectSameHoweverKilled(kind, sounds.get(kind)!, seeded(seed, number), most);
      for (const how of Object.keys(kills) as Kill["kind"][]) kills[how] += tried[how];
      const each = Object.entries(kills).map(([how, count]) => `${count} ${how}`);
      if (long || total() >= wanted)
        figure(
          `seed ${seed}, runs ${from} to ${number}: ${total()} kills (${each.join(", ")}): all came to the same bits`,
        );
    }
  },
  24 * 3_600_000,
);

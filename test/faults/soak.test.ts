// A long training in a process of its own, which must not grow.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isPartial } from "@fledge/files";
import { expect, it } from "vitest";
import { casesOf, figure } from "./effort.ts";
import { startFledge } from "./processes.ts";
import { begin, newFolder } from "./real-runs.ts";

const epochs = casesOf(24, 2000);

/** Few images a step: many steps cost little. A thread loads them. */
const commandOf = begin(
  ["train", "teacher"],
  ["--epochs", `${epochs},1,1`, "--batch-size", "4", "--workers", "1", "--set", "training.learningRate=0.001"],
);

/** What a process holds after an epoch. */
interface Sample {
  readonly epoch: number;
  readonly rssMiB: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Files of the run, without those that are being written. */
  readonly files: number;
}

function sample(pid: number, run: string, epoch: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)![1]);
  return {
    epoch,
    rssMiB: Math.round(numberOf("VmRSS") / 1024),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: numberOf("Threads"),
    files: readdirSync(run, { recursive: true, encoding: "utf8" }).filter((name) => !isPartial(name)).length,
  };
}

const most = (samples: readonly Sample[], what: keyof Sample): number => Math.max(...samples.map((one) => one[what]));

/**
 * What a run may hold more at its end than before its middle, in MiB. The log that its checkpoints carry grows by less
 * than 3 KiB an epoch, and is held as records, as text and as bytes; the rest is V8's, which collects garbage when it
 * pleases. In the long form the leak of one batch a step (48 KiB) or of one checkpoint an epoch (1 MiB) would come to
 * several times as much.
 */
const growthMiB = 64 + (epochs * 3 * 4) / 1024;

/** Files and folders that the process may have open at one moment and not at another, while it writes. A leak of one an epoch is more. */
const open = 4;

it.runIf(process.platform === "linux")(
  "a long training grows neither in memory nor in descriptors, threads or files",
  {
    timeout: 24 * 3_600_000,
  },
  async () => {
    const run = newFolder();
    const fledge = await startFledge(commandOf(run));
    const samples: Sample[] = [];
    fledge.child.stderr!.on("data", (chunk) => {
      for (const [, epoch] of String(chunk).matchAll(/teacher epoch (\d+)\/\d+ \(/g)) {
        if (Number(epoch) < epochs) samples.push(sample(fledge.child.pid!, run, Number(epoch)));
      }
    });
    const { code, output } = await fledge.ended;
    expect(code, output).toBe(0);
    const within = (from: number, to: number): Sample[] =>
      samples.filter(({ epoch }) => epoch > epochs * from && epoch <= epochs * to);
    const [early, late] = [within(0.25, 0.5), within(0.75, 1)];
    expect(Math.min(early.length, late.length)).toBeGreaterThan(epochs / 16);
    const said = JSON.stringify([early.at(-1), late.at(-1)]);
    expect(most(late, "rssMiB"), said).toBeLessThanOrEqual(most(early, "rssMiB") + growthMiB);
    for (const what of ["descriptors", "threads", "files"] as const)
      expect(most(late, what), `${what}: ${said}`).toBeLessThanOrEqual(
        most(early, what) + (what === "descriptors" ? open : 0),
      );
    const names = readdirSync(run, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => isPartial(name))).toEqual([]);
    const steps = readFileSync(`${run}/teacher/last.safetensors`, "latin1").match(/\\"steps\\":(\d+)/)?.[1];
    figure(
      `${epochs} epochs, ${steps} steps: memory ${most(early, "rssMiB")} MiB before the middle and ${most(late, "rssMiB")} MiB at the end, ` +
        `${most(early, "descriptors")} and ${most(late, "descriptors")} descriptors, ${most(early, "threads")} and ${most(late, "threads")} threads, ${names.length} files and folders, none left over`,
    );
    rmSync(run, { recursive: true });
  },
);

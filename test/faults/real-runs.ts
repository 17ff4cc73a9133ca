import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawBirds, small } from "@fledge/orchestrator/test/birds.ts";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "fledge-faults-"));
afterAll(() => rmSync(folder, { recursive: true }));

const birds = await drawBirds(join(folder, "birds"));
const settings = [...birds, ...small, "--epochs", "2,1,1"];

let runs = 0;

/** A folder for a run, which is removed after the last test. */
export const newFolder = (): string => join(folder, `run-${runs++}`);

/** A command that begins a run, or goes on with it where it has begun. */
export const begin =
  (command: readonly string[], flags: readonly string[] = []) =>
  (run: string): string[] =>
    existsSync(join(run, "config.json"))
      ? [...command, "--run", run, "--resume"]
      : [...command, "--run", run, ...settings, ...flags];

const goOn =
  (...command: readonly string[]) =>
  (run: string): string[] => [...command, "--run", run];

/** Commands that together make a real run; each goes on where it was cut off, and none is given after one that was. */
export const kindsOfRun = {
  reproduce: [begin(["reproduce"])],
  "stage by stage": [
    begin(["train", "teacher"]),
    goOn("pseudo-label"),
    goOn("train", "student"),
    goOn("train", "noisy-student"),
    goOn("evaluate"),
    goOn("robustness", ...["randaugment", "corruptions/fog", "attacks/fgsm"].flatMap((name) => ["--only", name])),
  ],
  /** What the paper's presets add: another teacher that labels the student's view in train mode, batches of its own. */
  "by a labelling teacher, in parts": [
    begin(
      ["reproduce"],
      [
        ["loader.workers", "1"],
        ["training.microBatchSize", "4"],
        ["pseudoLabels.from", "own-split"],
        ["pseudoLabels.view", "student"],
        ["pseudoLabels.teacherMode", "train"],
        ["pseudoLabels.heldOut", "0.2"],
        ["data.removeTestOverlap", "true"],
      ].flatMap(([key, value]) => ["--set", `${key}=${value}`]),
    ),
  ],
} as const;

export type KindOfRun = keyof typeof kindsOfRun;

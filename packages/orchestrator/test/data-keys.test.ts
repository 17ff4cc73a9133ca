import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataset, splitDataset } from "@fledge/data";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { resolveConfig } from "../src/config/resolve.ts";
import { knownOf } from "../src/stages/known-classes.ts";
import { readPins } from "../src/run/pins.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { resultsOf } from "./run-files.ts";
import { evaluationsOn, watchRun, type WatchedRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const labelled = readDataset(birds[1]!);
const unlabelled = readDataset(birds[3]!);
const parts = splitDataset(labelled, 42, { validation: 0.1, test: 0.2 });
const scaledDown = [...birds, ...small, "--set", "network.weights=null", "--batch-size", "6", "--epochs", "1,1,1"];

let runs = 0;
const latest = (): string => join(folder, `run-${runs - 1}`);
const commandOf =
  (...words: string[]) =>
  (...assignments: string[]): Promise<Outcome> => {
    const settings = assignments.flatMap((key) => ["--set", key]);
    return run(...words, "--preset", "paper-text", ...scaledDown, ...settings, "--run", join(folder, `run-${runs++}`));
  };
const [command, trainTeacher] = [commandOf("reproduce"), commandOf("train", "teacher")];
const reproduce = (...assignments: string[]): Promise<WatchedRun> => watchRun(() => command(...assignments));
const teacherOf = async (...assignments: string[]): Promise<string[]> =>
  pathsOf(trainedOn(await watchRun(() => trainTeacher(...assignments)))[0]!);

interface Images {
  readonly classes: readonly string[];
  readonly samples: readonly { readonly path: string; readonly label: number }[];
}
const pathsOf = ({ samples }: Images): string[] => samples.map(({ path }) => path);
const perClass = ({ classes, samples }: Images): number[] =>
  classes.map((_, label) => samples.filter((sample) => sample.label === label).length);
const classOf = (path: string): string => path.split("/")[0]!;
const trainedOn = ({ models }: WatchedRun): Images[] => models.map((epochs) => epochs.at(-1)!.phase.dataset);

describe("data.labelledShare", () => {
  let half: WatchedRun;
  beforeAll(async () => {
    half = await reproduce("data.labelledShare=0.5");
  });

  it("takes half of each class's training images, and leaves validation and test whole", () => {
    const [teacher, labeller, student, noisyStudent] = trainedOn(half);
    for (const dataset of [teacher!, student!, noisyStudent!]) {
      expect(perClass(dataset)).toEqual(perClass(parts.train).map((count) => Math.round(count / 2)));
      expect(pathsOf(dataset)).toEqual(pathsOf(teacher!));
    }
    expect(pathsOf(parts.train)).toEqual(expect.arrayContaining(pathsOf(teacher!)));
    const own = splitDataset(labelled, 42, { validation: 0.3 });
    expect(perClass(labeller!)).toEqual(perClass(own.train).map((count) => Math.round(count / 2)));
    for (const { options } of evaluationsOn(half, "test"))
      expect(pathsOf(options.dataset)).toEqual(pathsOf(parts.test));
  });

  it("writes down whose labels are used", async () => {
    const used = JSON.parse(await readFile(join(folder, "run-0", "used-labels.json"), "utf8")) as unknown;
    const [teacher, labeller] = trainedOn(half).map(pathsOf);
    expect(used).toEqual({ models: teacher, labellingTeacher: labeller });
  });

  it("keeps a smaller share's images in a larger one, and draws others by data.drawSeed", async () => {
    const quarter = await teacherOf("data.labelledShare=0.25");
    const inHalf = pathsOf(trainedOn(half)[0]!);
    expect(quarter.length).toBeLessThan(inHalf.length);
    expect(inHalf).toEqual(expect.arrayContaining(quarter));
    const other = await teacherOf("data.labelledShare=0.5", "data.drawSeed=7");
    expect(other).toHaveLength(inHalf.length);
    expect(other).not.toEqual(inHalf);
  });

  it("counts for batches: a single image left over is refused before anything runs", async () => {
    const images = perClass(parts.train).reduce((sum, count) => sum + Math.round(count / 2), 0);
    const { code, output } = await command("data.labelledShare=0.5", `training.batchSize=${images - 1}`);
    expect([code, output.replaceAll(/\s+/g, " ")]).toEqual([1, expect.stringContaining(`one image out of ${images}`)]);
  });
});

describe("data.knownClasses", () => {
  const known = ["data.knownClasses=2", "pseudoLabels.from=teacher"];
  let mixed: WatchedRun;
  let ran: string;
  beforeAll(async () => {
    mixed = await reproduce(...known, "data.foreignShare=0.5", "pseudoLabels.heldOut=0.3");
    ran = latest();
  });

  it("leaves two of three classes to the models, and as many unlabelled images as there are foreign ones", async () => {
    const [teacher, student] = mixed.models.map((epochs) => epochs[0]!.phase.dataset);
    expect(teacher!.classes).toHaveLength(2);
    expect(new Set(pathsOf(teacher!).map(classOf))).toEqual(new Set(teacher!.classes));
    const pins = (await readPins(await RunDirectory.open(ran)))!;
    const foreign = pins.unlabelled!.samples.filter((sample) => !teacher!.classes.includes(sample.class));
    expect([pins.unlabelled!.samples.length, foreign.length]).toEqual([12, 6]);
    expect(pins.labelled.samples).toHaveLength(32);
    expect(pins.unlabelled!.samples.every((sample) => sample.class === classOf(sample.path))).toBe(true);
    expect(student!.samples).toHaveLength(9);
  });

  it("counts no label of a foreign image as its own, and names the class", async () => {
    const lines = (await readFile(join(ran, "pseudo-labels.csv"), "utf8")).trimEnd().split("\n").slice(1);
    const rows = lines.map((line) => line.split(","));
    const agreeing = rows.filter(([, label, , own]) => label === own).length;
    expect(rows.every(([path, , , own]) => own === classOf(path!))).toBe(true);
    const { pseudoLabelAccuracy, evaluations } = await resultsOf(ran);
    expect(pseudoLabelAccuracy).toBe(agreeing / 12);
    expect(pseudoLabelAccuracy).toBeLessThanOrEqual(0.5);
    expect(evaluations).toHaveLength(6);
  });

  it("foreignShare is the share of those: at 0 none, at 1 all, as many in all", async () => {
    const classesOf = async (share: number): Promise<string[]> => {
      const settings = [
        ...known,
        `data.foreignShare=${share}`,
        "pseudoLabels.made=generation",
        "pseudoLabels.targets=soft",
      ];
      const seen = await reproduce(...settings);
      const { samples } = seen.models[1]![0]!.phase.dataset;
      expect(samples).toHaveLength(12);
      return [...new Set(pathsOf({ classes: [], samples }).map(classOf))].sort();
    };
    const names = mixed.models[0]![0]!.phase.dataset.classes;
    expect(await classesOf(0)).toEqual([...names].sort());
    expect(await classesOf(1)).toEqual(unlabelled.classes.filter((name) => !names.includes(name)));
  });

  it("is drawn by data.drawSeed", () => {
    const drawn = [1, 2, 3, 4].map((drawSeed) =>
      knownOf(resolveConfig("demo", [{ data: { knownClasses: 2, drawSeed } }]), labelled.classes).join(),
    );
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });

  it("refuses to know every class, and foreign images where every class is known", async () => {
    const all = await command("data.knownClasses=3");
    expect([all.code, all.output.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("3 of 3 classes leaves no foreign one"),
    ]);
    const none = await command("data.foreignShare=0.5");
    expect([none.code, none.output.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("data.foreignShare: without data.knownClasses"),
    ]);
  });
});

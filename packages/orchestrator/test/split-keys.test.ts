import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataset, splitDataset } from "@fledge/data";
import { readSafetensors } from "@fledge/safetensors";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { evaluationsOn, watchRun, type WatchedEpoch, type WatchedRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"), 0.5);
const labelled = readDataset(birds[1]!);
const unlabelled = readDataset(birds[3]!);
const parts = splitDataset(labelled, 42, { validation: 0.1, test: 0.2 });
const scaledDown = [...birds, ...small, "--set", "network.weights=null", "--epochs", "2,1,1"];

let runs = 0;
const reproduce = (preset: string, ...assignments: string[]): Promise<WatchedRun> =>
  watchRun(() =>
    run(
      "reproduce",
      "--preset",
      preset,
      ...scaledDown,
      ...assignments.flatMap((key) => ["--set", key]),
      "--run",
      join(folder, `run-${runs++}`),
    ),
  );

type Samples = { readonly samples: readonly { readonly path: string }[] };
const pathsOf = ({ samples }: Samples): string[] => samples.map(({ path }) => path);
const sorted = (...sets: readonly Samples[]): string[] => sets.flatMap(pathsOf).sort();
/** How many images of one set are in another. */
const shared = (one: Samples, other: Samples): number =>
  pathsOf(one).filter((path) => pathsOf(other).includes(path)).length;

/** The rates of two epochs with and without a step of StepLR between them. */
const [fallen, level] = [
  [0.02, 0.02 * 0.1],
  [0.02, 0.02],
];
const schedule = (epochs: readonly WatchedEpoch[]): { batchSize: number; rates: number[] } => ({
  batchSize: epochs[0]!.options.batchSize,
  rates: epochs.map(({ options }) => options.learningRate),
});

let text: WatchedRun;
beforeAll(async () => {
  text = await reproduce("paper-text");
});

describe("in paper-text", () => {
  it("three reported models learn from the same 70 % and a labelling teacher from its own, without a test image", () => {
    const [teacher, labeller, student, noisyStudent] = text.models.map((epochs) => epochs.at(-1)!.phase.dataset);
    for (const dataset of [teacher!, student!, noisyStudent!]) expect(pathsOf(dataset)).toEqual(pathsOf(parts.train));
    expect(labeller!.samples).toHaveLength(34);
    expect(shared(labeller!, parts.test)).toBe(0);
    for (const { options } of evaluationsOn(text, "test"))
      expect(pathsOf(options.dataset)).toEqual(pathsOf(parts.test));
  });

  it("the students see every unlabelled image, repeats of test images too, and are validated on labelled ones", () => {
    expect(sorted(text.models[2]![0]!.phase.dataset)).toEqual(sorted(unlabelled));
    expect(evaluationsOn(text, "heldOut")).toEqual([]);
  });

  it("all models train with one schedule", () => {
    const expected = { batchSize: 8, rates: [0.02, 0.02] };
    expect(text.models.map(schedule)).toEqual([expected, expected, expected, expected]);
  });
});

describe("teacherTraining", () => {
  let seen: WatchedRun;
  beforeAll(async () => {
    seen = await reproduce("paper-text", "teacherTraining.batchSize=4", "teacherTraining.stepSize=1");
  });

  it("batchSize is the teachers' alone", () => {
    expect(seen.models.map((epochs) => schedule(epochs).batchSize)).toEqual([4, 4, 8, 8]);
    expect(seen.models.map((epochs) => epochs[0]!.batches.length)).toEqual([9, 9, 5, 5]);
  });

  it("stepSize lowers the teachers' rate alone", () => {
    expect(seen.models.map((epochs) => schedule(epochs).rates)).toEqual([fallen, fallen, level, level]);
  });
});

describe("the labelling teacher's own", () => {
  let seen: WatchedRun;
  beforeAll(async () => {
    seen = await reproduce(
      "paper-text",
      "pseudoLabels.splitSeed=7",
      "pseudoLabels.validation=0.5",
      "pseudoLabels.stepSize=1",
    );
  });

  it("splitSeed puts test images among its training images", () => {
    const [teacher, labeller, student] = seen.models.map((epochs) => epochs.at(-1)!.phase.dataset);
    expect(pathsOf(labeller!)).toEqual(pathsOf(splitDataset(labelled, 7, { validation: 0.5 }).train));
    expect(shared(labeller!, parts.test)).toBeGreaterThan(0);
    for (const reported of [teacher!, student!]) expect(pathsOf(reported)).toEqual(pathsOf(parts.train));
  });

  it("validation is the share of images that it is validated on", () => {
    expect(seen.models[1]![0]!.phase.dataset.samples).toHaveLength(24);
    const own = seen.evaluations.filter(
      ({ options }) => options.dataset.name === "labelled/validation" && options.dataset.samples.length === 24,
    );
    expect(own).toHaveLength(2); // Two epochs.
  });

  it("stepSize lowers its rate alone", () => {
    expect(seen.models.map((epochs) => schedule(epochs).rates)).toEqual([level, fallen, level, level]);
  });
});

describe("pseudoLabels", () => {
  let seen: WatchedRun;
  beforeAll(async () => {
    seen = await reproduce(
      "paper-text",
      "pseudoLabels.from=teacher",
      "pseudoLabels.heldOut=0.3",
      "pseudoLabels.heldOutSeed=1",
    );
  });

  it("from=teacher lets the reported teacher label: none of its own is trained", async () => {
    expect(seen.models.map((epochs) => epochs[0]!.phase.name)).toEqual([
      "labelled",
      "pseudo-labelled",
      "pseudo-labelled",
    ]);
    const { tensors } = await readSafetensors(join(folder, `run-${runs - 1}`, "teacher", "best.safetensors"));
    expect([...seen.models[1]![0]!.teacherBefore.get("fc.bias")!]).toEqual([
      ...(tensors.get("fc.bias")!.data as Float32Array),
    ]);
  });

  it("heldOut images train nothing and validate that phase against the teacher's labels of the same images", () => {
    const trained = seen.models[1]![0]!.phase.dataset;
    // The student's epoch and the noisy student's, each labelled by the teacher and then predicted.
    const [labelling, predicting, ...others] = evaluationsOn(seen, "heldOut");
    expect(others).toHaveLength(2);
    expect([trained.samples.length, predicting!.options.dataset.samples.length]).toEqual([26, 10]);
    expect(sorted(trained, predicting!.options.dataset)).toEqual(sorted(unlabelled));
    expect(predicting!.options.dataset.samples.map(({ label }) => label)).toEqual([...labelling!.result.classes]);
    // Two epochs of the teacher and one labelled epoch of each student.
    expect(evaluationsOn(seen, "validation")).toHaveLength(4);
  });

  it("heldOutSeed draws them", () => {
    const [{ options }] = evaluationsOn(seen, "heldOut") as [WatchedRun["evaluations"][number]];
    expect(pathsOf(options.dataset)).toEqual(pathsOf(splitDataset(unlabelled, 1, { heldOut: 0.3 }).heldOut));
  });
});

/** What is left without the repeats would leave a last batch of one by eights. */
const evenBatches = "training.batchSize=6";

it("data.removeTestOverlap takes known repeats of test images from the unlabelled ones, and leaves the test images", async () => {
  const seen = await reproduce("paper-text", "data.removeTestOverlap=true", evenBatches);
  const kept = pathsOf(seen.models[2]![0]!.phase.dataset);
  const lines = (await readFile(join(folder, "birds", "overlap-truth.csv"), "utf8")).trimEnd().split("\n").slice(1);
  const truth = lines.map(
    (line) => line.split(",").map((path) => path.split("/").slice(2).join("/")) as [old: string, later: string],
  );
  const repeats = truth.filter(([old]) => pathsOf(parts.test).includes(old)).map(([, later]) => later);
  expect(repeats.length).toBeGreaterThan(2);
  expect(kept.toSorted()).toEqual(
    pathsOf(unlabelled)
      .filter((path) => !repeats.includes(path))
      .sort(),
  );
  expect(pathsOf(evaluationsOn(seen, "test")[0]!.options.dataset)).toEqual(pathsOf(parts.test));
});

describe("the presets", () => {
  it("paper-code: the labelling teacher has learned test images, the phase is validated on held-out ones, the teachers have steps of their own", async () => {
    const seen = await reproduce("paper-code", "teacherTraining.stepSize=1", "teacherTraining.batchSize=4");
    const [teacher, labeller, student] = seen.models;
    expect(shared(labeller![0]!.phase.dataset, parts.test)).toBeGreaterThan(0);
    expect(student![0]!.phase.dataset.samples).toHaveLength(26);
    expect(schedule(teacher!).rates[1]).toBe(fallen[1]);
    expect(schedule(labeller!).rates[1]).toBe(0.02); // pseudoLabels.stepSize is 30.
    expect(schedule(labeller!).batchSize).toBe(4);
  });

  it("clean: nothing that labels or trains has seen a test image, nor the repeats of one that were found", async () => {
    const seen = await reproduce("clean", evenBatches);
    expect(seen.models).toHaveLength(3);
    for (const { phase } of seen.models.flat()) expect(shared(phase.dataset, parts.test)).toBe(0);
    const labelling = seen.models[1]![0]!.phase;
    expect(labelling.dataset.samples.length).toBeLessThan(unlabelled.samples.length);
    expect(evaluationsOn(seen, "validation").filter(({ options }) => shared(options.dataset, parts.test) > 0)).toEqual(
      [],
    );
  });
});

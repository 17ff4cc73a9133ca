import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { classesOf, evaluationsOn, imagesOf, watchRun, type WatchedEpoch, type WatchedRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const scaledDown = [
  ...birds,
  ...small,
  "--set",
  "network.weights=null",
  "--epochs",
  "2,1,1",
  "--set",
  "pseudoLabels.heldOut=0.3",
];

let runs = 0;
const reproduce = (...assignments: string[]): Promise<WatchedRun> =>
  watchRun(() =>
    run(
      "reproduce",
      "--preset",
      "paper-text",
      ...scaledDown,
      ...assignments.flatMap((key) => ["--set", key]),
      "--run",
      join(folder, `run-${runs++}`),
    ),
  );

/** The student's epoch on the teacher's labels; the labelling teacher is the second model. */
const pseudoEpoch = ({ models }: WatchedRun): WatchedEpoch => models[2]![0]!;

/** The teacher's variables that the epoch changed. */
const changed = ({ teacherBefore, teacherAfter }: WatchedEpoch): string[] =>
  [...teacherBefore]
    .filter(([name, values]) => values.some((value, i) => value !== teacherAfter.get(name)![i]))
    .map(([name]) => name);

let text: WatchedRun;
let trainMode: WatchedRun;
let studentsView: WatchedRun;

beforeAll(async () => {
  text = await reproduce();
  trainMode = await reproduce("pseudoLabels.teacherMode=train");
  studentsView = await reproduce("pseudoLabels.view=student");
});

it("every kernel of a step on a full batch runs the rung that kernels.json names", () => {
  const epochs = [text, trainMode, studentsView].flatMap(({ models }) => models.flat());
  expect(new Set(epochs.map(({ phase }) => phase.name))).toEqual(new Set(["labelled", "pseudo-labelled"]));
  expect(epochs.flatMap(({ unlisted }) => unlisted)).toEqual([]);
});

it("in all three runs the same teacher labels the same images, which the student sees in the same crops", () => {
  for (const other of [trainMode, studentsView]) {
    expect(pseudoEpoch(other).teacherBefore).toEqual(pseudoEpoch(text).teacherBefore);
    expect(imagesOf(pseudoEpoch(other).batches).equals(imagesOf(pseudoEpoch(text).batches))).toBe(true);
  }
});

describe("pseudoLabels.teacherMode", () => {
  it("train labels otherwise than eval, on the same bytes", () => {
    const shownTo = (seen: WatchedRun) =>
      Buffer.concat(pseudoEpoch(seen).batches.map(({ teacherImages }) => teacherImages!));
    expect(shownTo(trainMode).equals(shownTo(text))).toBe(true);
    expect(classesOf(pseudoEpoch(trainMode).batches)).not.toEqual(classesOf(pseudoEpoch(text).batches));
  });

  it("train lets the teacher's running statistics drift, and nothing else of it; eval leaves it as it was", () => {
    expect(changed(pseudoEpoch(text))).toEqual([]);
    const drifted = changed(pseudoEpoch(trainMode));
    expect(drifted.length).toBeGreaterThan(0);
    const statistics = [...pseudoEpoch(text).teacherBefore.keys()].filter((name) => /running_(mean|var)$/.test(name));
    expect(drifted).toEqual(statistics);
  });

  it("train labels the held-out images of its phase so too, and its statistics drift on", () => {
    const modes = (seen: WatchedRun) => evaluationsOn(seen, "heldOut").map(({ options }) => options.mode);
    // The teacher's labels and the student's predictions by turns.
    expect(modes(trainMode)).toEqual(["train", undefined, "train", undefined]);
    expect(modes(text)).toEqual(["eval", undefined, "eval", undefined]);
    const [after, before] = [pseudoEpoch(trainMode).teacherAfter, trainMode.models[3]![0]!.teacherBefore];
    expect(before).not.toEqual(after);
  });
});

describe("pseudoLabels.view", () => {
  it("student uploads no second view: the teacher labels the bytes that the student learns from", async () => {
    for (const { teacherImages } of pseudoEpoch(studentsView).batches) expect(teacherImages).toBeUndefined();
    const { phase, batches } = pseudoEpoch(studentsView);
    expect(phase.labeller!.view).toBeUndefined();
    const labels = classesOf(pseudoEpoch(text).batches);
    expect(classesOf(batches)).not.toEqual(labels);
  });

  it("clean shows the teacher the whole bird, which is the same in every epoch, unlike the student's crops", () => {
    const { batches, phase } = pseudoEpoch(text);
    expect(phase.labeller!.view).toEqual({ crop: { kind: "center", resize: 36, size: 32 }, flip: false });
    for (const { images, teacherImages } of batches)
      expect(Buffer.from(images).equals(Buffer.from(teacherImages!))).toBe(false);
  });

  it("student validates the phase on the teacher's labels of the student's pixels", () => {
    const [labelling, predicting] = evaluationsOn(studentsView, "heldOut");
    expect(imagesOf(labelling!.batches).equals(imagesOf(predicting!.batches))).toBe(true);
    const [cleanLabelling, cleanPredicting] = evaluationsOn(text, "heldOut");
    expect(imagesOf(cleanLabelling!.batches).equals(imagesOf(cleanPredicting!.batches))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { checkChosen, checkCounts } from "../src/stages/check-counts.ts";
import { resolveConfig, type Overrides } from "../src/config/resolve.ts";

/** 10 labelled images, 7 of which are trained on, and 12 unlabelled ones, at 32 pixels but for `settings`. */
const check = (settings: Record<string, Overrides>) => () =>
  checkCounts(
    resolveConfig("demo", [{ data: { imageSize: 32 }, split: { validation: 0.1, test: 0.2 } }, settings]),
    10,
    12,
  );

describe("what goes through BatchNorm at once", () => {
  it("may be a few images", () => {
    expect(check({ training: { batchSize: 4, microBatchSize: null } })).not.toThrow();
    expect(check({ training: { batchSize: 4, microBatchSize: 3 } })).not.toThrow();
  });

  it("must not be one image that is the last batch", () => {
    expect(check({ training: { batchSize: 6 } })).toThrow(
      "training.batchSize: 6 leaves a last batch of one image out of 7",
    );
  });

  it("must not be one image of a batch that is computed in parts", () => {
    expect(check({ training: { batchSize: 5, microBatchSize: 2 } })).toThrow(
      "training.microBatchSize: 2 cuts one image off a batch of 5",
    );
    // The last batch of 7: three images, two and one.
    expect(check({ training: { batchSize: 4, microBatchSize: 2 } })).toThrow(
      "training.microBatchSize: 2 cuts one image off a batch of 3",
    );
  });

  it("must not be one image that a teacher in train mode labels", () => {
    const labels = { pseudoLabels: { teacherMode: "train", heldOut: 0.34 } }; // 4 of 12
    expect(check({ ...labels, training: { batchSize: 4, microBatchSize: 3 } })).toThrow(
      "training.microBatchSize: 3 leaves a last batch of one image out of 4",
    );
    expect(check({ ...labels, training: { batchSize: 4, microBatchSize: null } })).not.toThrow();
  });

  it("must not be one labelled image of a joint step, unless the unlabelled ones share its statistics", () => {
    const joint = { objective: "joint", unlabelledPerLabelled: 3 }; // 12 of 3: four labelled images an epoch
    const teachers = { teacherTraining: { batchSize: 4 } };
    const separate = { ...joint, batchNorm: "separate" };
    expect(check({ ...teachers, student: separate, training: { batchSize: 3 } })).toThrow(
      "training.batchSize: 3 leaves a last batch of one image out of 4",
    );
    expect(check({ ...teachers, student: joint, training: { batchSize: 3 } })).not.toThrow();
    // Of 8 images computed at once two are labelled; of 7 one is.
    expect(check({ ...teachers, student: separate, training: { batchSize: 4, microBatchSize: 8 } })).not.toThrow();
    expect(check({ ...teachers, student: separate, training: { batchSize: 4, microBatchSize: 7 } })).toThrow(
      "training.microBatchSize: 7 cuts one image off a batch of 4",
    );
  });

  it("may be one image that has several pixels in the deepest layers", () => {
    expect(check({ data: { imageSize: 64 }, training: { batchSize: 6 } })).not.toThrow();
  });
});

describe("a batch larger than an epoch", () => {
  it("is told of, with what it comes to", () => {
    const config = (batchSize: number) => resolveConfig("demo", [{ training: { batchSize } }]);
    expect(checkCounts(config(4096), 112, 150)).toEqual([
      "training.batchSize: 4096 is more than the 79 images for training, so that an epoch is one step on all of them",
      "training.batchSize: 4096 is more than the 150 unlabelled images, so that an epoch is one step on all of them",
    ]);
    expect(checkCounts(config(79), 112, 150)).toEqual([]);
  });
});

it("a joint step wants as many unlabelled images as go with one labelled image", () => {
  const student = { objective: "joint", unlabelledPerLabelled: 13 };
  expect(check({ student })).toThrow("student.unlabelledPerLabelled: 13 is more than the 12 unlabelled images");
  expect(check({ student: { ...student, unlabelledPerLabelled: 12 } })()).toEqual([
    "training.batchSize: 32 is more than the 7 images for training, so that an epoch is one step on all of them",
    "training.batchSize: 32 is more than the 1 labelled images that the unlabelled ones go with, so that an epoch is one step on all of them",
  ]);
});

describe("images that are chosen by their labels", () => {
  const select = { rule: "balance", imagesPerClass: 9, minimum: 0, upsample: true };
  const chosen = (count: number, student: Overrides) => () =>
    checkChosen(
      resolveConfig("demo", [
        { data: { imageSize: 32 }, training: { batchSize: 4 }, pseudoLabels: { made: "generation", select }, student },
      ]),
      count,
    );

  it("must suffice for steps, which is known when they are chosen", () => {
    const separate = { objective: "joint", unlabelledPerLabelled: 3, batchNorm: "separate" };
    expect(chosen(15, separate)).toThrow(
      "pseudoLabels.select: it chooses 15 images, with which a training cannot go on; begin again. training.batchSize: 4 leaves a last batch of one image out of 5",
    );
    expect(chosen(15, { ...separate, batchNorm: "shared" })).not.toThrow();
    expect(chosen(18, separate)).not.toThrow();
    expect(chosen(2, separate)).toThrow("it chooses 2 images, fewer than the 3 that go with one labelled image");
    expect(chosen(9, {})).toThrow("leaves a last batch of one image out of 9");
  });
});

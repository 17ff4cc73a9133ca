import type { Dataset } from "@fledge/data";
import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { chosenImages, filterBalance, labelsAt, topKPerClass, type PseudoLabels } from "../src/index.ts";
import { keptOf, labelInputs } from "../src/pseudo-labels/label-source.ts";

const labels: PseudoLabels = {
  classes: Int32Array.of(0, 1, 1),
  confidences: Float32Array.of(0.6, 0.7, 0.9),
  probabilities: Float32Array.of(0.6, 0.4, 0.3, 0.7, 0.1, 0.9),
};
const dataset: Dataset = {
  name: "birds",
  root: "/birds",
  classes: ["finch", "wren"],
  samples: ["a", "b", "c"].map((path) => ({ path, label: 0, id: path })),
};

describe("filterBalance", () => {
  const options = { classes: 3, imagesPerClass: 5, minimum: 0.3, upsample: true };

  it("gives each class that has images as many, the surest most often; equal ones by index", () => {
    const predictions = [0, 0, 1, 0, 1, 0, 0, 0, 0];
    const confidences = [0.5, 0.9, 0.4, 0.9, 0.31, 0.7, 0.8, 0.2, 0.6];
    const chosen = filterBalance(predictions, confidences, options);
    expect([...chosen.threshold!]).toEqual([Math.fround(0.6), Math.fround(0.3), Math.fround(0.3)]);
    expect([...chosen.count]).toEqual([5, 2, 0]);
    expect([...chosen.indices]).toEqual([1, 3, 6, 5, 8, 2, 4]);
    expect([...chosen.copies]).toEqual([1, 1, 1, 1, 1, 3, 2]);
    expect([...chosen.labels]).toEqual([0, 0, 0, 0, 0, 1, 1]);
    const once = filterBalance(predictions, confidences, { ...options, upsample: false });
    expect([...once.copies]).toEqual(Array(7).fill(1));
    const two = filterBalance(predictions, confidences, { ...options, imagesPerClass: 2 });
    expect([...two.indices]).toEqual([1, 3, 2, 4]);
  });

  it("drops the least sure where a threshold's bin has more than are wanted", () => {
    const chosen = filterBalance([0, 0, 0], [0.899, 0.891, 0.895], { ...options, classes: 1, imagesPerClass: 2 });
    expect([chosen.count[0], [...chosen.indices], [...chosen.copies]]).toEqual([3, [0, 2], [1, 1]]);
  });

  it("gives every class with an image exactly as many, whatever they are", () => {
    const draw = random(5, "filter balance");
    const predictions = Array.from({ length: 200 }, () => draw.integer(0, 7));
    const confidences = predictions.map(() => Math.fround(draw.float()));
    const { labels: taught, copies, indices } = filterBalance(predictions, confidences, { ...options, classes: 7 });
    for (let label = 0; label < 7; label++) {
      const of = [...taught].reduce((sum, one, row) => sum + (one === label ? copies[row]! : 0), 0);
      expect(of).toBe(5);
    }
    indices.forEach((index, row) => expect(predictions[index]).toBe(taught[row]));
  });
});

describe("topKPerClass", () => {
  it("takes the highest scores of each class among those that have it among their likeliest", () => {
    const scores = [0.5, 0.3, 0.2, 0.4, 0.4, 0.2, 0.1, 0.6, 0.3, 0.45, 0.1, 0.45];
    const of = (classesPerImage: number, imagesPerClass: number) => {
      const chosen = topKPerClass(scores, { classes: 3, classesPerImage, imagesPerClass });
      return [...chosen.indices].map((index, row) => [index, chosen.labels[row]]);
    };
    expect(of(1, 2)).toEqual([
      [0, 0],
      [3, 0],
      [2, 1],
    ]);
    expect(of(2, 1)).toEqual([
      [0, 0],
      [2, 1],
      [3, 2],
    ]);
    expect([...topKPerClass(scores, { classes: 3, classesPerImage: 1, imagesPerClass: 2 }).count]).toEqual([2, 1, 0]);
  });
});

describe("chosenImages", () => {
  it("is a data set of the copies, with what each is taught and how sure the teacher is of that", () => {
    const selection = {
      indices: Int32Array.of(2, 0),
      copies: Int32Array.of(2, 1),
      labels: Int32Array.of(0, 0),
      count: Int32Array.of(2, 0),
      threshold: null,
    };
    const chosen = chosenImages({ dataset, labels }, selection);
    expect(chosen.dataset.samples.map(({ path }) => path)).toEqual(["c", "c", "a"]);
    expect([...chosen.labels.classes]).toEqual([0, 0, 0]);
    expect([...chosen.labels.confidences]).toEqual([0.1, 0.1, 0.6].map(Math.fround));
    expect([...chosen.labels.probabilities!]).toEqual([0.1, 0.9, 0.1, 0.9, 0.6, 0.4].map(Math.fround));
    expect(chosen.dataset.classes).toBe(dataset.classes);
  });
});

describe("stored labels", () => {
  it("are given by sample, and an index without labels is refused", () => {
    const at = labelsAt(labels, [2, 0]);
    expect([[...at.classes], [...at.confidences]]).toEqual([[1, 0], [0.9, 0.6].map(Math.fround)]);
    expect([...at.probabilities!]).toEqual([0.1, 0.9, 0.6, 0.4].map(Math.fround));
    expect(() => labelsAt(labels, [3])).toThrow("index 3 is outside the labels of 3 images");
    expect(labelsAt({ ...labels, probabilities: null }, [1]).probabilities).toBeNull();
  });

  it("count where the teacher is sure enough of their class, equal in f32 included", () => {
    expect([...keptOf(labels, 0.7)]).toEqual([0, 1, 1]);
    expect([...keptOf(labels, [0.6, 0.8])]).toEqual([1, 0, 1]);
  });

  it("bring what the rule wants, and soft targets want all probabilities", () => {
    const hard = { targets: "hard", temperature: 1, threshold: null } as const;
    expect(Object.keys(labelInputs(labels, hard))).toEqual(["pseudoLabels"]);
    const soft = { ...hard, targets: "soft", threshold: 0.7 } as const;
    expect(Object.keys(labelInputs(labels, soft))).toEqual(["pseudoLabels", "pseudoTargets", "pseudoWeights"]);
    expect(() => labelInputs({ ...labels, probabilities: null }, soft)).toThrow(
      "only the most likely class was stored",
    );
  });
});

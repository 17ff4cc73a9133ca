import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "@fledge/random";
import { encodeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { runCases, type CaseResult } from "../src/index.ts";

// Cases made here in float64 by the formulas of the ops, of shapes that no stored case has.
const gpu = await openTestGpu();
const folder = mkdtempSync(join(tmpdir(), "fledge-pseudo-label-cases-"));
const draw = random(11, "pseudo-label cases");

const floats = (shape: readonly number[], of: (i: number) => number): StoredTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => of(i)),
});
const ints = (values: readonly number[]): StoredTensor => ({ shape: [values.length], data: Int32Array.from(values) });
const logits = (rows: number, classes: number) => floats([rows, classes], () => 3 * draw.normal());

const softmax = (row: readonly number[], temperature = 1): number[] => {
  const largest = Math.max(...row);
  const shifted = row.map((value) => Math.exp((value - largest) / temperature));
  const sum = shifted.reduce((total, value) => total + value, 0);
  return shifted.map((value) => value / sum);
};
const rowsOf = ({ shape, data }: StoredTensor): number[][] =>
  Array.from({ length: shape[0]! }, (_, n) =>
    Array.from({ length: shape[1]! }, (_unused, c) => Number(data[n * shape[1]! + c]!)),
  );
const smoothed = (label: number, classes: number, smoothing: number): number[] =>
  Array.from({ length: classes }, (_, c) => (1 - smoothing) * Number(c === label) + smoothing / classes);
const crossEntropy = (target: readonly number[], row: readonly number[]): number =>
  -target.reduce((sum, share, c) => sum + share * Math.log(softmax(row)[c]!), 0);
/** Of `crossEntropy`, for a target whose shares add up to 1. */
const gradientOf = (target: readonly number[], row: readonly number[]): number[] =>
  softmax(row).map((p, c) => p - target[c]!);

interface Made {
  readonly op: string;
  readonly attributes: object;
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly outputs: Readonly<Record<string, StoredTensor>>;
  readonly gradients?: Readonly<Record<string, StoredTensor>>;
}

let cases = 0;
async function outcomeOf({ op, attributes, inputs, outputs, gradients = {} }: Made): Promise<CaseResult> {
  const directory = join(folder, `${op}-${cases++}`);
  mkdirSync(directory);
  const named = Object.entries(gradients).map(([name, tensor]) => [`grad/${name}`, tensor] as const);
  const tensors = new Map([...Object.entries(inputs), ...Object.entries(outputs), ...named]);
  const file = {
    name: `${op}_made`,
    op,
    attributes,
    inputs: Object.keys(inputs),
    outputs: Object.keys(outputs),
    gradients: Object.fromEntries(Object.keys(gradients).map((name) => [name, `grad/${name}`])),
    tolerance: { relative: 1e-5 },
  };
  writeFileSync(join(directory, "case.json"), JSON.stringify(file));
  writeFileSync(join(directory, "tensors.safetensors"), encodeSafetensors(tensors));
  for await (const result of runCases([directory], { gpu, rungs: {} })) return result;
  throw new Error("no result");
}

it.each([
  ["hard", "mean_all"],
  ["hard", "mean_kept"],
  ["soft", "mean_all"],
  ["soft", "mean_kept"],
] as const)("joint_loss of %s pseudo-labels, %s, passes", async (pseudo, reduction) => {
  const [n, m, C, ratio, labelSmoothing, pseudoSmoothing] = [3, 5, 6, 2.5, 0.1, 0.2];
  const [known, unknown] = [logits(n, C), logits(m, C)];
  const labels = ints(Array.from({ length: n }, () => draw.integer(0, C)));
  const taught = ints(Array.from({ length: m }, () => draw.integer(0, C)));
  const soft = floats([m, C], () => 0);
  rowsOf(logits(m, C)).forEach((row, j) => (soft.data as Float32Array).set(softmax(row), j * C));
  const weights = floats([m], (j) => [0, 0.5, 1, 0, 2][j]!);
  const targets =
    pseudo === "soft"
      ? rowsOf(soft)
      : [...(taught.data as Int32Array)].map((label) => smoothed(label, C, pseudoSmoothing));
  const own = [...(labels.data as Int32Array)].map((label) => smoothed(label, C, labelSmoothing));
  const w = [...(weights.data as Float32Array)];
  const kept = reduction === "mean_all" ? m : 3.5;
  const labelledLoss = rowsOf(known).reduce((sum, row, i) => sum + crossEntropy(own[i]!, row) / n, 0);
  const unlabelledLoss = rowsOf(unknown).reduce(
    (sum, row, j) => sum + (w[j]! * crossEntropy(targets[j]!, row)) / kept,
    0,
  );
  const scalar = (value: number) => floats([], () => value);
  const dKnown = rowsOf(known).flatMap((row, i) => gradientOf(own[i]!, row).map((g) => g / n));
  const dUnknown = rowsOf(unknown).flatMap((row, j) =>
    gradientOf(targets[j]!, row).map((g) => (ratio * w[j]! * g) / kept),
  );
  const result = await outcomeOf({
    op: "joint_loss",
    attributes: {
      pseudo,
      label_smoothing: labelSmoothing,
      pseudo_smoothing: pseudoSmoothing,
      ratio,
      reduction,
      classes: C,
    },
    inputs: {
      labelled_logits: known,
      labels,
      unlabelled_logits: unknown,
      ...(pseudo === "soft" ? { pseudo_targets: soft } : { pseudo_labels: taught }),
      weights,
    },
    outputs: {
      loss: scalar(labelledLoss + ratio * unlabelledLoss),
      labelled_loss: scalar(labelledLoss),
      unlabelled_loss: scalar(unlabelledLoss),
    },
    gradients: {
      labelled_logits: floats([n, C], (i) => dKnown[i]!),
      unlabelled_logits: floats([m, C], (i) => dUnknown[i]!),
    },
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

it("fixmatch_loss passes", async () => {
  const [m, C, threshold, temperature] = [6, 4, 0.62, 0.8];
  const [weak, strong] = [logits(m, C), logits(m, C)];
  const probabilities = rowsOf(weak).map((row) => softmax(row, temperature));
  const mask = probabilities.map((row) => Number(Math.max(...row) >= threshold));
  expect(new Set(mask)).toEqual(new Set([0, 1]));
  const labels = rowsOf(weak).map((row) => row.indexOf(Math.max(...row)));
  const targets = labels.map((label) => smoothed(label, C, 0));
  const losses = rowsOf(strong).map((row, j) => mask[j]! * crossEntropy(targets[j]!, row));
  const gradient = rowsOf(strong).flatMap((row, j) => gradientOf(targets[j]!, row).map((g) => (mask[j]! * g) / m));
  const result = await outcomeOf({
    op: "fixmatch_loss",
    attributes: { threshold, temperature, classes: C },
    inputs: { weak_logits: weak, strong_logits: strong },
    outputs: {
      loss: floats([], () => losses.reduce((sum, loss) => sum + loss, 0) / m),
      mask: ints(mask),
      pseudo_labels: ints(labels),
    },
    gradients: { strong_logits: floats([m, C], (i) => gradient[i]!) },
  });
  expect(result).toMatchObject({ outcome: "passed" });
});

it("soft_labels passes, and fails where a mask is another", async () => {
  const [n, C, temperature, sharpen, threshold] = [5, 3, 2, 0.5, 0.51];
  const given = logits(n, C);
  const probabilities = rowsOf(given).map((row) => softmax(row, temperature));
  const sharpened = probabilities.map((row) => {
    const powers = row.map((p) => p ** (1 / sharpen));
    return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
  });
  const confidence = probabilities.map((row) => Math.max(...row));
  const mask = confidence.map((sure) => Number(sure >= threshold));
  const made = {
    op: "soft_labels",
    attributes: { temperature, sharpen, threshold, classes: C },
    inputs: { logits: given },
    outputs: {
      probabilities: floats([n, C], (i) => probabilities.flat()[i]!),
      sharpened: floats([n, C], (i) => sharpened.flat()[i]!),
      labels: ints(probabilities.map((row) => row.indexOf(Math.max(...row)))),
      confidence: floats([n], (i) => confidence[i]!),
      mask: ints(mask),
    },
  };
  expect(await outcomeOf(made)).toMatchObject({ outcome: "passed" });
  const other = { ...made, outputs: { ...made.outputs, mask: ints(mask.map((kept) => 1 - kept)) } };
  expect(await outcomeOf(other)).toMatchObject({ outcome: "failed" });
});

it("filter_balance and top_k_per_class pass", async () => {
  const filter = await outcomeOf({
    op: "filter_balance",
    attributes: { classes: 2, images_per_class: 3, minimum: 0.25, upsample: true },
    inputs: { predictions: ints([1, 0, 1]), confidences: floats([3], (i) => [0.5, 0.2, 0.75][i]!) },
    outputs: {
      threshold: floats([2], () => 0.25),
      count: ints([0, 2]),
      indices: ints([2, 0]),
      copies: ints([2, 1]),
      labels: ints([1, 1]),
    },
  });
  expect(filter).toMatchObject({ outcome: "passed" });
  const topK = await outcomeOf({
    op: "top_k_per_class",
    attributes: { classes: 2, classes_per_image: 1, images_per_class: 1 },
    inputs: { scores: floats([3, 2], (i) => [0.5, 0.5, 0.75, 0.25, 0.25, 0.75][i]!) },
    outputs: { indices: ints([1, 2]), labels: ints([0, 1]), count: ints([1, 1]) },
  });
  expect(topK).toMatchObject({ outcome: "passed" });
});

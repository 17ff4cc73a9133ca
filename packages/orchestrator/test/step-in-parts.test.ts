import { place, readVariables, Sgd } from "@fledge/autograd";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { Model } from "../src/training/model.ts";
import { partSizes, stepInParts, type Part } from "../src/training/step-in-parts.ts";
import { StepPrograms } from "../src/training/step-programs.ts";

const gpu = await openTestGpu();
const demo = presets["demo"]!;
const side = 64;
const config = {
  ...demo,
  data: { ...demo.data, imageSize: side },
  network: { ...demo.network, depth: 18 as const, width: 4, zeroInitResidual: false },
};
const size = 8;
const pixels = side * side * 3;
const half = size / 2;

/** The second half of the batch is the first again, so that each half has the whole batch's BatchNorm statistics. */
const twice = <A extends Uint8Array | Int32Array>(array: A): A => {
  array.copyWithin(array.length / 2, 0, array.length / 2);
  return array;
};
const images = (key: number) =>
  twice(Uint8Array.from({ length: size * pixels }, (_, i) => Math.imul(i + key * 7919, 2654435761) >>> 13));
const placement = twice(Int32Array.from({ length: size * 3 }, (_, i) => Number(i % 3 === 0)));
const labels = twice(Int32Array.from({ length: size }, (_, i) => i % 5));

const learningRate = 0.002;

type Batch = Parameters<typeof stepInParts>[2];

/** Two steps with momentum: what came out, and the parameters after them. */
async function twoSteps(kind: "labelled" | "pseudo-labelled", microBatchSize: number | null) {
  const model = Model.create(gpu, { ...config, seed: 2 }, 5);
  const teacher = Model.create(gpu, { ...config, seed: 1 }, 5);
  const optimiser = new Sgd(model.network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const programs = new StepPrograms(model, optimiser, { labelSmoothing: 0, microBatchSize });
  const steps = [];
  for (let i = 0; i < 2; i++) {
    const own = { images: images(i), placement, learningRate };
    steps.push(
      kind === "labelled"
        ? await (await programs.labelled(size)).run({ ...own, labels })
        : await (await programs.pseudoLabelled(size, { model: teacher, mode: "eval" })).run(own),
    );
  }
  const parameters = await readVariables(gpu, model.network.parameters);
  await programs.release();
  return { steps, parameters };
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!)) / Math.hypot(...Array.from(b));

describe("a batch computed in parts", () => {
  it.each(["labelled", "pseudo-labelled"] as const)(
    "takes the whole batch's %s steps where the parts have its statistics",
    async (kind) => {
      const whole = await twoSteps(kind, null);
      const parts = await twoSteps(kind, half);
      for (const [i, { loss, correct, labels: taught }] of whole.steps.entries()) {
        expect(Math.abs(parts.steps[i]!.loss[0]! - loss[0]!)).toBeLessThanOrEqual(1e-4 * loss[0]!);
        expect(parts.steps[i]!.labels).toEqual(taught);
        expect(parts.steps[i]!.correct).toEqual(correct);
      }
      // Sums of 8 images' terms in another order; small steps keep ReLUs from taking the other side in the second one.
      for (const [name, values] of whole.parameters)
        expect(distance(parts.parameters.get(name)!, values), name).toBeLessThanOrEqual(1e-3);
    },
  );

  it("moves the parameters once a batch: a step in parts differs from as many steps", async () => {
    const { parameters } = await twoSteps("labelled", half);
    const { parameters: untouched } = await twoSteps("labelled", null);
    const model = Model.create(gpu, { ...config, seed: 2 }, 5);
    const optimiser = new Sgd(model.network.parameters, { momentum: 0.9 });
    place(gpu, optimiser.variables);
    const programs = new StepPrograms(model, optimiser, { labelSmoothing: 0, microBatchSize: null });
    const program = await programs.labelled(half);
    for (let i = 0; i < 2; i++) {
      for (const start of [0, half]) {
        await program.run({
          images: images(i).slice(start * pixels, (start + half) * pixels),
          placement: placement.slice(0, half * 3),
          labels: labels.slice(0, half),
          learningRate,
        });
      }
    }
    const stepped = await readVariables(gpu, model.network.parameters);
    const far = [...stepped].filter(([name, values]) => distance(values, untouched.get(name)!) > 1e-3);
    expect(far.length).toBeGreaterThan(stepped.size / 2);
    expect([...parameters].filter(([name, values]) => distance(values, untouched.get(name)!) > 1e-3)).toEqual([]);
  });

  it("gives each part its own images, labels and share, and weights what they find by it", async () => {
    const given: unknown[] = [];
    const part = (own: number, loss: number): Part => ({
      size: own,
      program: {
        run: (inputs) => {
          given.push(inputs);
          return Promise.resolve({
            loss: Float32Array.of(loss),
            correct: Uint32Array.of(own),
            labels: inputs["labels"] as unknown as Int32Array<ArrayBuffer>,
          });
        },
      },
    });
    const rates: unknown[] = [];
    const update = { run: (inputs: unknown) => Promise.resolve(rates.push(inputs)) };
    const batch = { images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), labels: Int32Array.of(4, 3, 2, 1), learningRate };
    const result = await stepInParts([part(3, 2), part(1, 6)], update, batch as unknown as Batch);
    expect(given).toEqual([
      { images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Int32Array.of(4, 3, 2), share: 0.75, part: 0 },
      { images: Uint8Array.of(7, 8), labels: Int32Array.of(1), share: 0.25, part: 1 },
    ]);
    expect(rates).toEqual([{ learningRate }]);
    expect(result).toEqual({ loss: Float32Array.of(3), correct: Uint32Array.of(4), labels: batch.labels });
  });

  it("fails with the first failure, and leaves no other for nobody to catch", async () => {
    const failing = (reason: string) => ({ run: () => Promise.reject(new Error(reason)) });
    const parts = [
      { size: 1, program: failing("lost") },
      { size: 1, program: failing("lost too") },
    ];
    const batch = { labels: Int32Array.of(1, 2), learningRate } as unknown as Batch;
    await expect(stepInParts(parts, failing("update lost"), batch)).rejects.toThrow("lost");
  });

  it("has the fewest parts, as equal as can be", () => {
    expect(partSizes(40, 16)).toEqual([14, 13, 13]);
    expect(partSizes(32, 16)).toEqual([16, 16]);
    expect(partSizes(33, 32)).toEqual([17, 16]);
    expect(partSizes(5, 1)).toEqual([1, 1, 1, 1, 1]);
    expect(partSizes(7, 9)).toEqual([7]);
  });
});

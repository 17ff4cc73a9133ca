import { place, readVariables, Sgd, compile } from "@fledge/autograd";
import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { mixedImages, supervised, renderedImages, trainingStep, type MixOptions } from "../src/index.ts";
import { beta } from "../src/mix/beta.ts";
import { cutMix, drawMix, mixUp } from "../src/mix/draw-mix.ts";
import { mixInputs } from "../src/mix/mixed.ts";
import { narrowModel } from "./networks.ts";

const mixup: MixOptions = { kind: "mixup", alpha: 0.2, probability: 1 };
const cutmix: MixOptions = { kind: "cutmix", alpha: 1, probability: 1 };
const images = { size: 6, height: 20, width: 30 };
const place0 = { seed: 3, epoch: 1, step: 2 };
const steps = Array.from({ length: 4000 }, (_, step) => step);

describe("lambda", () => {
  // Mean 1/2 and variance 1 / (4 (2 alpha + 1)); the bounds are five standard errors of the mean, and 8 % of the variance.
  it.each([0.1, 0.2, 1, 4])("of alpha %d has the mean and the variance of Beta(alpha, alpha)", (alpha) => {
    const draws = steps.map((step) => beta(random(1, "test", step), alpha, alpha));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(expected / draws.length));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.08);
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it("refuses an alpha that is not above 0", () => {
    expect(() => beta(random(1, "test"), 0, 1)).toThrow("a is 0 and b is 1; give finite numbers above 0");
  });
});

describe("a batch's mix", () => {
  it("is its place's: the same again, and another for another seed, epoch or step", () => {
    const own = drawMix(mixup, place0, images);
    expect(drawMix(mixup, place0, images)).toEqual(own);
    for (const change of [{ seed: 4 }, { epoch: 2 }, { step: 3 }])
      expect(drawMix(mixup, { ...place0, ...change }, images)).not.toEqual(own);
    expect(Int32Array.from(own.permutation).sort()).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
  });

  it("mixup shares the whole image by lambda, and the labels too", () => {
    const { share, weight, box } = drawMix(mixup, place0, images);
    expect([share, box]).toEqual([weight, [0, 0, 0, 0]]);
  });

  it("cutmix cuts a box of 1 - lambda of the area, less what leaves the image, and weighs labels by what is left", () => {
    const areas = steps.map((step) => {
      const { share, box, weight } = drawMix(cutmix, { ...place0, step }, images);
      const [top, left, bottom, right] = box;
      expect(share).toBe(1);
      expect(top >= 0 && left >= 0 && bottom <= 20 && right <= 30 && top <= bottom && left <= right).toBe(true);
      expect(weight).toBeCloseTo(1 - ((bottom - top) * (right - left)) / 600, 12);
      return 1 - weight;
    });
    // Of sides of sqrt(1 - lambda), lambda uniform, centred uniformly: a side s keeps s - s^2 / 4 of a unit on average,
    // so the area is the mean of (s - s^2 / 4)^2 over s^2 uniform: 1/2 - 1/5 + 1/48; rounding down takes some.
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    expect(mean).toBeGreaterThan(0.25);
    expect(mean).toBeLessThan(0.5 - 0.2 + 1 / 48 + 0.02);
  });

  it("leaves the share of batches that the probability says", () => {
    const isMixed = (probability: number) => (step: number) => {
      const { share, weight } = drawMix({ ...cutmix, probability }, { ...place0, step }, images);
      return share !== 1 || weight !== 1;
    };
    const mixed = (probability: number): number => steps.filter(isMixed(probability)).length;
    expect(mixed(0)).toBe(0);
    expect(Math.abs(mixed(0.5) / mixed(1) - 0.5)).toBeLessThan(0.05);
  });
});

it("the other image of each comes with its flip and its label", () => {
  const batch = {
    images: Uint8Array.of(1, 2, 3, 4, 5, 6),
    flips: Uint32Array.of(0, 1, 0),
    labels: Int32Array.of(7, 8, 9),
  };
  const inputs = mixInputs(batch, mixUp(Int32Array.of(2, 0, 1), 0.75));
  expect(inputs).toEqual({
    otherImages: Uint8Array.of(5, 6, 1, 2, 3, 4),
    otherImagesPlacement: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1),
    otherLabels: Int32Array.of(9, 7, 8),
    mixShare: 0.75,
    mixBox: Int32Array.of(0, 0, 0, 0),
    mixWeight: 0.75,
  });
});

describe("a step on mixed images", async () => {
  const gpu = await openTestGpu();
  const side = 32;
  const size = 4;
  const rows = <A extends Uint8Array>(key: number, values: A): A =>
    values.map((_, i) => Math.imul(i + key * 7919, 2654435761) >>> 13) as A;
  /** Two images, each twice, so that each half of a batch has the whole batch's BatchNorm statistics. */
  const bytes = rows(1, new Uint8Array(size * side * side * 3)).copyWithin(2 * side * side * 3, 0, 2 * side * side * 3);
  const batch = { images: bytes, flips: new Uint32Array(size), labels: Int32Array.of(0, 1, 0, 1) };
  const own = { images: bytes, imagesPlacement: new Int32Array(size * 3), labels: batch.labels };

  async function step(mix: ReturnType<typeof mixUp> | null, atOnce = size) {
    const { network } = narrowModel(gpu, side, 5, 3);
    const optimiser = new Sgd(network.parameters);
    place(gpu, optimiser.variables);
    const options = { labelSmoothing: 0 };
    const objective = mix ? supervised(mixedImages(side, mixup), options) : supervised(renderedImages(side), options);
    const program = await compile(gpu, ...trainingStep(network, objective, optimiser)(size), { atOnce });
    const result = await program.run({ ...own, ...(mix ? mixInputs(batch, mix) : {}), learningRate: 0.01 });
    return { loss: result.loss[0]!, weights: (await readVariables(gpu, network.parameters)).get("fc.weight")! };
  }
  const swap = Int32Array.of(1, 0, 3, 2);

  it("with all of the first image is the plain step; with none of it, that of the other", async () => {
    const plain = await step(null);
    const all = await step(mixUp(swap, 1));
    expect(all.loss).toBeCloseTo(plain.loss, 5);
    const none = await step(cutMix(swap, [0, 0, side, side], side, side));
    // The batch in another order: the same mean loss.
    expect(none.loss).toBeCloseTo(plain.loss, 4);
    expect((await step(mixUp(swap, 0.5))).loss).not.toBeCloseTo(plain.loss, 3);
    expect((await step(cutMix(swap, [4, 4, 20, 20], side, side))).loss).not.toBeCloseTo(plain.loss, 3);
  });

  it("is the same in parts of the batch", async () => {
    for (const mix of [mixUp(swap, 0.7), cutMix(swap, [4, 4, 20, 28], side, side)]) {
      const [whole, parts] = [await step(mix), await step(mix, 2)];
      expect(parts.loss).toBeCloseTo(whole.loss, 4);
      whole.weights.forEach((value, i) => expect(Math.abs(parts.weights[i]! - value)).toBeLessThan(1e-4));
    }
  });
});

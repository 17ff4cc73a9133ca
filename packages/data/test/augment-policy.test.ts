import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { operationNames } from "../src/augment/apply-operation.ts";
import type { AugmentStep } from "../src/augment/draw-step.ts";
import { applySteps, augmentationDraw, randAugment } from "../src/augment/rand-augment.ts";
import type { RandAugmentOptions } from "../src/augment/sampling.ts";
import { rgbImage } from "../src/image.ts";

const size = { width: 40, height: 30 };

/** The steps of `count` images, each with its own stream. */
function drawMany(options: RandAugmentOptions, count: number): AugmentStep[][] {
  const draw = augmentationDraw(options);
  return Array.from({ length: count }, (_, i) => draw(random(7, "augment", i), size));
}

/** Pearson's chi-square of the counts of `values`, each of `cells` values expected equally often. */
function chiSquare(values: readonly (number | string)[], cells: number): number {
  const counts = new Map<number | string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  expect(counts.size).toBeLessThanOrEqual(cells);
  const expected = values.length / cells;
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return seen + (cells - counts.size) * expected;
}

/** The chi-square value that uniform draws exceed once in 1000 times (Wilson and Hilferty). */
function limit(cells: number): number {
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
}

describe("jizongfox's draw", () => {
  const draws = drawMany({}, 30_000);
  const entry = ({ name, level }: AugmentStep) => `${name} ${level}`;

  it("takes two operations, each of the 135 entries equally often in either place", () => {
    for (const place of [0, 1]) {
      expect(
        chiSquare(
          draws.map((steps) => entry(steps[place]!)),
          135,
        ),
      ).toBeLessThan(limit(135));
    }
    expect(draws.every((steps) => steps.length === 2)).toBe(true);
  });

  it("takes the second independently of the first, so that one may come twice", () => {
    const pairs = draws.map(([first, second]) => `${first!.name} ${second!.name}`);
    expect(chiSquare(pairs, 225)).toBeLessThan(limit(225));
    const levels = draws.map(([first, second]) => `${first!.level} ${second!.level}`);
    expect(chiSquare(levels, 81)).toBeLessThan(limit(81));
  });

  it("leaves a quarter of the images untouched, applies one operation to a half and two to a quarter", () => {
    const patterns = draws.map((steps) => steps.map((step) => step.applied).join());
    expect(chiSquare(patterns, 4)).toBeLessThan(limit(4));
  });

  it("draws both signs equally often, and none for the unsigned operations", () => {
    const steps = draws.flat().filter((step) => step.applied);
    for (const name of ["ShearX", "ShearY", "TranslateX", "TranslateY"]) {
      const signs = steps.filter((step) => step.name === name).map((step) => Math.sign(step.value!));
      expect(chiSquare(signs, 2)).toBeLessThan(limit(2));
    }
    for (const name of ["Sharpness", "Contrast", "Color", "Brightness"]) {
      const signs = steps.filter((step) => step.name === name).map((step) => Math.sign(step.value! - 1));
      expect(chiSquare(signs, 2)).toBeLessThan(limit(2));
    }
    expect(steps.filter((step) => step.name === "Rotate").every((step) => step.value! > 0)).toBe(true);
  });

  it("draws the centre of a cutout among all pixels, and nothing for a step that is not applied", () => {
    const cutouts = draws.flat().filter((step) => step.name === "Cutout" && step.applied);
    expect(
      chiSquare(
        cutouts.map((step) => step.centre!.x),
        size.width,
      ),
    ).toBeLessThan(limit(size.width));
    expect(
      chiSquare(
        cutouts.map((step) => step.centre!.y),
        size.height,
      ),
    ).toBeLessThan(limit(size.height));
    const skipped = draws.flat().filter((step) => !step.applied);
    expect(skipped.every((step) => step.value === undefined && step.centre === undefined)).toBe(true);
  });
});

describe("jizongfox with N and M, which the package lacks", () => {
  it("takes N operations, each of the 135 entries equally often", () => {
    const draws = drawMany({ n: 3 }, 20_000);
    expect(draws.every((steps) => steps.length === 3)).toBe(true);
    expect(
      chiSquare(
        draws.flat().map(({ name, level }) => `${name} ${level}`),
        135,
      ),
    ).toBeLessThan(limit(135));
  });

  it("takes two operations at level M, each applied half of the time", () => {
    const draws = drawMany({ m: 6 }, 10_000);
    expect(draws.every((steps) => steps.length === 2)).toBe(true);
    expect(draws.flat().every(({ level }) => level === 6)).toBe(true);
    expect(
      chiSquare(
        draws.flat().map(({ name }) => name),
        15,
      ),
    ).toBeLessThan(limit(15));
    expect(
      chiSquare(
        draws.flat().map(({ applied }) => `${applied}`),
        2,
      ),
    ).toBeLessThan(limit(2));
  });

  it.each([
    [{ n: -1 }, "n must be"],
    [{ n: 1.5 }, "n must be"],
    [{ m: 10 }, "m must be in 0 .. 9"],
    [{ m: 2.5 }, "m must be an integer"],
  ])("refuses %j", (options, reason) => {
    expect(() => augmentationDraw(options)).toThrow(reason);
  });
});

describe.each([
  [{ library: "ildoonet", n: 3, m: 12 }, 16],
  [{ library: "torchvision", n: 3, m: 12 }, 14],
] as const)("the draw of %j", (options, operations) => {
  const draws = drawMany(options, 5000);

  it("takes n operations uniformly, all at level m, and applies every one", () => {
    expect(draws.every((steps) => steps.length === 3)).toBe(true);
    const steps = draws.flat();
    expect(
      chiSquare(
        steps.map((step) => step.name),
        operations,
      ),
    ).toBeLessThan(limit(operations));
    expect(steps.every((step) => step.applied && step.level === 12)).toBe(true);
  });

  it("draws both signs of a rotation equally often", () => {
    const angles = draws
      .flat()
      .filter((step) => step.name === "Rotate")
      .map((step) => step.value!);
    expect(new Set(angles)).toEqual(new Set([12, -12]));
    expect(chiSquare(angles, 2)).toBeLessThan(limit(2));
  });
});

it("ildoonet's cutout is centred between 1 and the side, as numpy's uniform(side) is", () => {
  const centres = drawMany({ library: "ildoonet", n: 1, m: 9, operations: ["CutoutAbs"] }, 5000).map(
    ([step]) => step!.centre!,
  );
  const tenthX = centres.map(({ x }) => Math.ceil(((x - 1) / (size.width - 1)) * 10));
  const tenthY = centres.map(({ y }) => Math.ceil(((y - 1) / (size.height - 1)) * 10));
  expect(chiSquare(tenthX, 10)).toBeLessThan(limit(10));
  expect(chiSquare(tenthY, 10)).toBeLessThan(limit(10));
});

describe("the options", () => {
  it("limit the operations, as the paper wished for Invert", () => {
    const operations = operationNames("jizongfox").filter((name) => name !== "Invert");
    const names = drawMany({ operations }, 2000).flatMap((steps) => steps.map((step) => step.name));
    expect(new Set(names)).toEqual(new Set(operations));
    expect(chiSquare(names, 14)).toBeLessThan(limit(14));
  });

  it.each([
    [{ maxTranslation: 0.1, operations: ["TranslateX"] }, 0.1 * size.width],
    [{ maxTranslation: 0.1, operations: ["TranslateY"] }, 0.1 * size.height],
    [{ library: "torchvision", m: 30, maxTranslation: 0.1, operations: ["TranslateX"] }, 0.1 * size.width],
    [{ library: "ildoonet", n: 1, m: 30, maxTranslationPx: 6, operations: ["TranslateXabs"] }, 6],
  ] satisfies [RandAugmentOptions, number][])("bound translations: %j", (options, greatest) => {
    const values = drawMany(options, 500).flatMap((steps) => steps.map((step) => Math.abs(step.value ?? 0)));
    expect(Math.max(...values)).toBeCloseTo(greatest, 5);
  });

  it.each([
    [0, 0],
    [1, 2000],
  ])("set the probability to %d", (probability, applied) => {
    const steps = drawMany({ probability }, 1000).flat();
    expect(steps.filter((step) => step.applied)).toHaveLength(applied);
  });

  it("reach the pixels: fill and interpolation", () => {
    const white = rgbImage(9, 9, new Uint8Array(9 * 9 * 3).fill(255));
    const augment = (options: RandAugmentOptions) => [...randAugment(options)(white, random(1, "fill")).data];
    for (const library of ["jizongfox", "torchvision"] as const) {
      const name = { library, operations: ["Rotate"], probability: 1, fill: [1, 2, 3] as const };
      expect(augment(name).slice(0, 3)).toEqual([1, 2, 3]);
    }
    const ramp = rgbImage(
      64,
      64,
      Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => i % 251),
    );
    const options = { library: "torchvision", n: 1, operations: ["Rotate"] } as const;
    const nearest = randAugment(options)(ramp, random(1, "bilinear"));
    const bilinear = randAugment({ ...options, interpolation: "bilinear" })(ramp, random(1, "bilinear"));
    expect(nearest.data).not.toEqual(bilinear.data);
  });

  it.each([
    [{ operations: [] }, "operations is empty"],
    [{ operations: ["Invert", "Twirl"] }, 'jizongfox has no operation "Twirl"; it has Invert, Cutout'],
    [{ operations: ["toString"] }, 'jizongfox has no operation "toString"'],
    [{ probability: 1.1 }, "probability must be in 0 .. 1, got 1.1"],
    [{ probability: Number.NaN }, "probability must be in 0 .. 1, got NaN"],
    [{ maxTranslation: -0.1 }, "maxTranslation must be in 0 .. 1, got -0.1"],
    [{ library: "ildoonet", n: 1.5, m: 9 }, "n must be an integer of at least 0, got 1.5"],
    [{ library: "ildoonet", n: 2, m: 31 }, "m must be in 0 .. 30, got 31"],
    [{ library: "ildoonet", n: 2, m: 9, maxTranslationPx: Infinity }, "maxTranslationPx must be in 0 .. 32767"],
    [{ library: "torchvision", m: 31 }, "m must be in 0 .. 30, got 31"],
    [{ library: "torchvision", m: 0.5 }, "m must be an integer of at least 0, got 0.5"],
    [{ library: "torchvision", bins: 1, m: 0 }, "bins must be an integer of at least 2, got 1"],
  ] satisfies [RandAugmentOptions, string][])("refuse %j", (options, message) => {
    expect(() => randAugment(options)).toThrow(RangeError);
    expect(() => randAugment(options)).toThrow(message);
  });
});

describe("randAugment", () => {
  const image = rgbImage(
    31,
    23,
    Uint8Array.from({ length: 31 * 23 * 3 }, (_, i) => (i * 89) % 256),
  );

  it("depends on the stream and the size of the image, never on what came before", () => {
    const augment = randAugment();
    const first = Array.from({ length: 20 }, (_, i) => augment(image, random(3, "augment", i)).data);
    const backwards = Array.from({ length: 20 }, (_, i) => augment(image, random(3, "augment", 19 - i)).data);
    expect(backwards.reverse()).toEqual(first);
    expect(new Set(first.map((data) => Buffer.from(data).toString("hex"))).size).toBeGreaterThan(10);
  });

  it("applies the drawn steps in order", () => {
    const draw = augmentationDraw({ probability: 1 });
    const steps = Array.from({ length: 30 }, (_, i) => draw(random(3, "augment", i), image));
    const augment = randAugment({ probability: 1 });
    const outputs = steps.map((_, i) => augment(image, random(3, "augment", i)).data);
    expect(steps.map((each) => applySteps(image, each).data)).toEqual(outputs);
    expect(steps.map((each) => applySteps(image, each.toReversed()).data)).not.toEqual(outputs);
  });
});

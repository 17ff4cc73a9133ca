import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import type { AugmentStep } from "../src/augment/draw-step.ts";
import { augmentationDraw } from "../src/augment/rand-augment.ts";
import type { RandAugmentOptions } from "../src/augment/sampling.ts";

const size = { width: 40, height: 30 };
const drawMany = (options: RandAugmentOptions): AugmentStep[] => {
  const draw = augmentationDraw(options);
  return Array.from({ length: 2000 }, (_, i) => draw(random(7, "augment", i), size)).flat();
};

/** Each library, its scale, and how it draws two operations. */
const libraries = [
  [{ library: "jizongfox" }, 9],
  [{ library: "jizongfox", n: 2, m: 6 }, 9],
  [{ library: "ildoonet", n: 2, m: 12 }, 30],
  [{ library: "torchvision", n: 2, m: 10, bins: 21 }, 20],
] as const;

describe.each(libraries)("%j", (library, scale) => {
  const names = ["Rotate", "Color", "Equalize"];
  const draw = (operations: RandAugmentOptions["operations"]) =>
    drawMany({ ...library, operations } as RandAugmentOptions);
  const plain = draw(names);

  it("settings that say nothing change nothing", () => {
    expect(draw({ Rotate: {}, Color: {}, Equalize: {} })).toEqual(plain);
    expect(draw({ Rotate: { range: [0, scale] }, Color: {}, Equalize: {} })).toEqual(plain);
  });

  it("a range holds the library's scale: the levels of that operation lie in it in proportion, the others' stay", () => {
    const [least, most] = [scale / 4, scale / 2];
    const steps = draw({ Rotate: { range: [least, most] }, Color: {}, Equalize: {} });
    steps.forEach((step, i) => {
      const { name, level } = plain[i]!;
      const expected = name === "Rotate" ? least + ((most - least) * level) / scale : level;
      expect([step.name, step.level]).toEqual([name, expected]);
    });
    // A full turn of the scale would be 30 degrees.
    const angles = steps.flatMap(({ name, value }) =>
      name === "Rotate" && value !== undefined ? [Math.abs(value)] : [],
    );
    expect(Math.max(...angles)).toBeLessThanOrEqual(15 + 1e-5);
    expect(Math.min(...angles)).toBeGreaterThanOrEqual(7.5 - 1e-5);
  });

  it("a probability is that of its operation alone", () => {
    const steps = draw({ Rotate: { probability: 0 }, Color: { probability: 1 }, Equalize: { probability: 0.25 } });
    const applied = (name: string): number => {
      const own = steps.filter((step) => step.name === name);
      return own.filter((step) => step.applied).length / own.length;
    };
    expect([applied("Rotate"), applied("Color")]).toEqual([0, 1]);
    expect(Math.abs(applied("Equalize") - 0.25)).toBeLessThan(0.06); // Five standard errors of some 1300.
  });
});

it.each<[RandAugmentOptions, string]>([
  [{ operations: { rotat: {} } }, 'jizongfox has no operation "rotat"; did you mean "Rotate"? It has Invert, Cutout'],
  [{ library: "ildoonet", n: 1, m: 1, operations: ["TranslateX_abs"] }, 'did you mean "TranslateXabs"?'],
  [{ operations: {} }, "operations is empty"],
  [
    { operations: { Rotate: { range: [0, 10] } } },
    "operations.Rotate.range is [0, 10]; give two of jizongfox's magnitudes, 0 to 9",
  ],
  [{ operations: { Rotate: { range: [5, 4] } } }, "the lower one first"],
  [{ library: "torchvision", bins: 11, operations: { Rotate: { range: [0, 11] } } }, "magnitudes, 0 to 10"],
  [{ operations: { Invert: { range: [0, 1] } } }, "jizongfox's Invert has no magnitude; leave the range out"],
  [{ operations: { Color: { probability: 1.5 } } }, "operations.Color.probability must be in 0 .. 1, got 1.5"],
])("refuses %j", (options, reason) => {
  expect(() => augmentationDraw(options)).toThrow(reason);
});

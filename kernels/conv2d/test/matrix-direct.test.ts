// The rungs that load matrices from activations where they lie, with their matrix operations emulated.
import { emulatedMatrices, ladderTests, tileTests } from "@fledge/testing";
import { baselineDevice, planKernel, traitsFor, whyUnsupported } from "@fledge/runtime";
import { expect, it } from "vitest";
import type { Conv2dShape } from "../src/index.ts";
import { cases } from "./cases.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

const plain = { KH: 1, KW: 1, stride: 1, padding: 0, storage: "f16" } as const;

/** Rows that fill no matrix, columns that fill no tile, one matrix alone, and pixels in several splits. */
const edges: Readonly<Record<string, Conv2dShape>> = {
  "one matrix": { N: 1, IH: 4, IW: 4, IC: 16, OC: 16, ...plain },
  "a matrix and a row": { N: 1, IH: 17, IW: 1, IC: 32, OC: 16, ...plain },
  "rows and columns past a tile": { N: 3, IH: 13, IW: 11, IC: 80, OC: 144, ...plain },
  "pixels in splits": { N: 3, IH: 23, IW: 23, IC: 16, OC: 48, ...plain },
};
const stored = Object.entries(cases).map(([name, shape]) => [name, { ...shape, storage: "f16" }] as const);
const device = traitsFor("matrix", { ...baselineDevice, maxComputeWorkgroupStorageSize: 32768 });

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) {
  const { kernel } = problem;
  const direct = kernel.rungs.filter(({ id }) => id.endsWith("-matrix-direct"));
  const emulated = { ...kernel, name: `${kernel.name} by emulated matrices`, rungs: direct.map(emulatedMatrices) };
  ladderTests({ ...problem, kernel: emulated, cases: { ...Object.fromEntries(stored), ...edges } });
  const several = edges["rows and columns past a tile"]!;
  tileTests({ ...problem, kernel: emulated, cases: { several }, pick: (able) => able });

  it(`${kernel.name} takes it for plain products of whole matrices in f16 alone, and never before it was timed`, () => {
    const [rung, ...others] = direct;
    expect(others).toEqual([]);
    const why = (changes: Partial<Conv2dShape>) => whyUnsupported(rung!, { ...several, ...changes }, device);
    expect(why({})).toBeNull();
    expect(why({ KH: 3, padding: 1 })).toBe("it is no 1x1 convolution of stride 1 without padding");
    const { storage: _, ...single } = several;
    expect(whyUnsupported(rung!, single, device)).toContain("activations lie in memory as f32");
    expect(why({ OC: 20 })).toBe("OC = 20 is no multiple of 16");
    expect(why({ N: 1, IH: 3, IW: 5 })).toBe("there are 15 pixels, a matrix has 16");
    const shape: Conv2dShape = { ...several, precision: "matrix" };
    expect(kernel.select(shape, device)).toContain(rung!.id);
    expect(planKernel(kernel, shape, { device }).rung).not.toBe(rung!.id);
  });
}

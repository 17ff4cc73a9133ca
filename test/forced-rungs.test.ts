import { join } from "node:path";
import * as batchnorm from "@fledge/batchnorm";
import * as conv2d from "@fledge/conv2d";
import * as elementwise from "@fledge/elementwise";
import * as input from "@fledge/input";
import * as linear from "@fledge/linear";
import { findCases, runCases, watchRungs } from "@fledge/conformance";
import * as pooling from "@fledge/pooling";
import type { Kernel } from "@fledge/runtime";
import * as sgd from "@fledge/sgd";
import * as crossEntropy from "@fledge/softmax-cross-entropy";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";

const cases = join(import.meta.dirname, "conformance/cases");
const gpu = await openTestGpu();

/** Golden cases that reach a package's kernels, by the beginning of their names. */
const casesOf: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
  [conv2d, ["conv2d_"]],
  [batchnorm, ["batchnorm2d_"]],
  [elementwise, ["relu", "resnet_narrow"]],
  [input, ["normalise"]],
  [linear, ["linear_"]],
  [pooling, ["maxpool2d_", "global_avgpool2d_"]],
  [sgd, ["sgd_"]],
  [crossEntropy, ["softmax_cross_entropy_"]],
];

/** Kernels that no golden case computes: their ladders are tested in their own packages alone. */
const withoutCase = new Set([
  "top-one",
  "count-correct",
  "sgd-accumulate",
  "scale",
  "concatenate",
  "split",
  "weighted-cross-entropy-forward",
  "weighted-cross-entropy-backward",
  "softmax",
  "confidence",
]);

/** The only golden image is 31 pixels wide, and these want widths that are multiples of 4: their own package tests them. */
const skipsAll = new Set(
  ["02-four-pixels", "03-table", "04-whole-words", "05-run"].map((rung) => `normalise-images/${rung}`),
);

const isKernel = (value: unknown): value is Kernel<never> =>
  typeof value === "object" && value !== null && "rungs" in value;

describe("every rung, forced, passes the golden cases it can run and says why it cannot run the others", async () => {
  const all = await findCases(cases);
  for (const [exports, prefixes] of casesOf) {
    const own = all.filter((path) => prefixes.some((prefix) => path.slice(cases.length + 1).startsWith(prefix)));
    for (const kernel of Object.values(exports).filter(isKernel)) {
      if (withoutCase.has(kernel.name)) continue;
      for (const { id, features } of kernel.rungs) {
        it(id, async () => {
          const results = [];
          const { rungs, asked } = watchRungs({ [kernel.name]: id });
          for await (const result of runCases(own, { gpu, rungs })) results.push(result);
          expect(asked).toContain(kernel.name);
          expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
          // Operands in f16 are too inexact for these cases: its package's conformance test holds it to bounds of its own.
          const inexact = features?.includes("shader-f16") === true;
          expect(results.some(({ outcome }) => outcome === "passed")).toBe(!skipsAll.has(id) && !inexact);
          expect(results.filter(({ outcome, reason }) => outcome === "skipped" && !reason?.includes(id))).toEqual([]);
        });
      }
    }
  }
});

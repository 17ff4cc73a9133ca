import { basename, join } from "node:path";
import * as attackStep from "@fledge/attack-step";
import * as batchnorm from "@fledge/batchnorm";
import * as conv2d from "@fledge/conv2d";
import * as dropout from "@fledge/dropout";
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

const folders = ["cases", "beyond"].map((name) => join(import.meta.dirname, "conformance", name));
const gpu = await openTestGpu();

/** Golden cases that reach a package's kernels, by the beginning of their names. */
const casesOf: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
  [conv2d, ["conv2d_"]],
  [batchnorm, ["batchnorm2d_"]],
  [dropout, ["dropout_", "drop_path_"]],
  [elementwise, ["relu", "resnet_narrow", "joint_loss_ratio"]],
  [input, ["normalise", "mixup", "cutmix", "fgsm_eps8"]],
  [linear, ["linear_"]],
  [pooling, ["maxpool2d_", "global_avgpool2d_"]],
  [sgd, ["sgd_", "ema_"]],
  [crossEntropy, ["softmax_cross_entropy_", "joint_loss_weighted", "soft_labels_", "fixmatch_loss_"]],
  [attackStep, ["fgsm_eps8", "pgd_project"]],
];

/** Kernels that no golden case computes: their ladders are tested in their own packages alone. */
const withoutCase = new Set([
  "top-one",
  "count-correct",
  "sgd-accumulate",
  "concatenate",
  "split",
  "keep-mask",
  "dropout-drawn",
  "attack-keep",
  "dlr-gradient",
]);

const isKernel = (value: unknown): value is Kernel<never> =>
  typeof value === "object" && value !== null && "rungs" in value;

describe("every rung, forced, passes the golden cases it can run and says why it cannot run the others", async () => {
  const all = (await Promise.all(folders.map((folder) => findCases(folder)))).flat();
  for (const [exports, prefixes] of casesOf) {
    const own = all.filter((path) => prefixes.some((prefix) => basename(path).startsWith(prefix)));
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
          expect(results.some(({ outcome }) => outcome === "passed")).toBe(!inexact);
          expect(results.filter(({ outcome, reason }) => outcome === "skipped" && !reason?.includes(id))).toEqual([]);
        });
      }
    }
  }
});

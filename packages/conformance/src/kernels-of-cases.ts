import { basename } from "node:path";
import * as attackStep from "@fledge/attack-step";
import * as batchnorm from "@fledge/batchnorm";
import * as conv2d from "@fledge/conv2d";
import * as dropout from "@fledge/dropout";
import * as elementwise from "@fledge/elementwise";
import * as input from "@fledge/input";
import * as linear from "@fledge/linear";
import * as pooling from "@fledge/pooling";
import type { Kernel, Rung } from "@fledge/runtime";
import * as sgd from "@fledge/sgd";
import * as crossEntropy from "@fledge/softmax-cross-entropy";

/** Golden cases that reach a project's kernels, by the beginning of their names. */
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

/** Kernels that no golden case computes: their ladders are tested in their own projects alone. */
const withoutCase: ReadonlySet<string> = new Set([
  "top-one",
  "count-correct",
  "sgd-accumulate",
  "concatenate",
  "split",
  "keep-mask",
  "dropout-drawn",
  "attack-keep",
  "sgd-update-scaled",
  "sgd-check-finite",
  "sgd-adapt-scale",
  "sgd-hold-average",
  "cast",
  "dlr-gradient",
]);

const isKernel = (value: unknown): value is Kernel<never> =>
  typeof value === "object" && value !== null && "rungs" in value;

/** A rung with the folders of the golden cases that reach its kernel. */
export interface RungCases {
  readonly kernel: string;
  readonly rung: Rung<never>;
  readonly cases: readonly string[];
}

/** Every rung of every ladder that a golden case among `directories` can reach. */
export function rungsOfCases(directories: readonly string[]): RungCases[] {
  return casesOf.flatMap(([exports, prefixes]) => {
    const cases = directories.filter((path) => prefixes.some((prefix) => basename(path).startsWith(prefix)));
    if (cases.length === 0) return [];
    return Object.values(exports)
      .filter(isKernel)
      .filter(({ name }) => !withoutCase.has(name))
      .flatMap(({ name, rungs }) => rungs.map((rung) => ({ kernel: name, rung, cases })));
  });
}

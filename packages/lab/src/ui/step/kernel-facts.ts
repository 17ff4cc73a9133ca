import type { ExplainedKernel, ExplainedPlan } from "@fledge/autograd/explained";

/** Kinds of kernels that a step's time divides into, each with a colour of its own. */
export const kinds = {
  products: "convolution, linear",
  normalisation: "batch normalisation",
  update: "optimiser",
  rest: "all else",
} as const;

export type Kind = keyof typeof kinds;

export function kindOf({ kernel }: ExplainedKernel): Kind {
  if (/^(conv2d|linear)-/.test(kernel)) return "products";
  if (kernel.startsWith("batchnorm-")) return "normalisation";
  return kernel.startsWith("sgd-") ? "update" : "rest";
}

/** The layer that a kernel works for, `layer1.0.conv1`, by the parameters that it reads or whose gradients it computes. */
export function layerOf({ operands, part }: ExplainedKernel): string {
  if (part === "update") return "";
  const parameter = operands.find(({ memory }) => memory !== "arena")?.tensor ?? "";
  return parameter.replace(/^gradient of /, "").replace(/\.[^.]*$/, "");
}

/** Where each kernel begins on the step's axis, and how long it is there: microseconds, or 1 each where none were taken. */
export function spansOf({ kernels }: ExplainedPlan): { readonly at: number; readonly length: number }[] {
  let next = 0;
  return kernels.map(({ timeUs }) => {
    const at = next;
    const length = timeUs ?? 1;
    next += length;
    return { at, length };
  });
}

export const isTimed = ({ kernels }: ExplainedPlan): boolean => kernels.some(({ timeUs }) => timeUs !== undefined);

/** GFLOPS and GB/s, null where it was not timed. */
export function ratesOf({ flops, leastBytes, timeUs }: ExplainedKernel) {
  return timeUs === undefined || timeUs <= 0
    ? null
    : { gflops: flops / timeUs / 1e3, gigabytesPerSecond: leastBytes / timeUs / 1e3 };
}

/** `[4,16,16,8]` of what a kernel computes, or changes. */
export function resultShape({ operands }: ExplainedKernel): string {
  const result = operands.find(({ role }) => role === "out") ?? operands.find(({ role }) => role === "inout");
  return result ? `[${result.shape.join(",")}]` : "";
}

/** Where a kernel's rung is studied. */
export const studyOf = ({ kernel, rung }: ExplainedKernel): string =>
  `#/ladder/${kernel}/study/${rung.slice(rung.indexOf("/") + 1)}`;

import { choiceText } from "@fledge/runtime";
import type { ExplainedKernel, ExplainedPlan } from "./explained-plan.ts";

/** In the unit in which more than a digit is left of a small step's, too. */
const inBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const inFlops = (flops: number): string =>
  flops < 1e8 ? `${(flops / 1e6).toFixed(2)} MFLOP` : `${(flops / 1e9).toFixed(2)} GFLOP`;

/** `x[8,32,32,16] weight[...]`: a kernel's tensors in its own names; `x:f16[...]` lies in memory as f16. */
export const operandsText = ({ operands }: Pick<ExplainedKernel, "operands">): string =>
  operands.map(({ name, dtype, shape }) => `${name}${dtype === "f16" ? ":f16" : ""}[${shape.join(",")}]`).join(" ");

/** `dX@3 x@1`: which of them lie in which slot of the arena. */
export const slotsText = ({ operands }: Pick<ExplainedKernel, "operands">): string =>
  operands.flatMap(({ name, slot }) => (slot === undefined ? [] : [`${name}@${slot}`])).join(" ");

/** Time by rung in a profiled plan, the longest first. */
export function sharesByRung({ kernels }: ExplainedPlan): {
  readonly totalUs: number;
  readonly rungs: [string, number][];
} {
  const byRung = new Map<string, number>();
  for (const kernel of kernels) {
    const rung = choiceText(kernel);
    byRung.set(rung, (byRung.get(rung) ?? 0) + (kernel.timeUs ?? 0));
  }
  const totalUs = [...byRung.values()].reduce((sum, time) => sum + time, 0);
  return { totalUs, rungs: [...byRung].sort((a, b) => b[1] - a[1]) };
}

/** How many of a step's products round their operands, and which do not. */
export function roundedText(kernels: readonly ExplainedKernel[]): string {
  const products = kernels.filter(({ kernel }) => /^(conv2d|linear)-/.test(kernel));
  const exact = products.filter(({ precision }) => precision === "f32");
  const names = exact.map((kernel) => `${kernel.rung} ${operandsText(kernel)}`).join("; ");
  return `${products.length - exact.length} of ${products.length} products round their operands to f16${exact.length > 0 ? `; in f32 stay ${names}` : ""}`;
}

/** The sums of a plan in a sentence. */
export const totalsText = (plan: ExplainedPlan): string =>
  `${plan.kernels.length} kernels in ${plan.dispatches} dispatches: ${inFlops(plan.flops)}, ` +
  `${inBytes(plan.operandBytes)} moved if each reads and writes its operands once, ${inBytes(plan.leastBytes)} if every tensor ` +
  `were written and read just once; arena ${inBytes(plan.arenaBytes)} (${inBytes(plan.peakLiveBytes)} alive at once), gradients ${inBytes(plan.gradientBytes)}`;

/** A plan on an adapter as JSON, as `fledge explain --json` prints it. */
export const explainedJson = (plan: ExplainedPlan, adapter: string): string =>
  JSON.stringify({ adapter, ...plan }, null, 2);

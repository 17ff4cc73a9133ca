import { choiceText } from "@fledge/runtime";
import type { ExplainedKernel, ExplainedPlan } from "./explained-plan.ts";
import { operandsText, slotsText } from "./explain-text.ts";

/** A finished slice of Chrome's trace format; times in microseconds. */
interface Slice {
  readonly name: string;
  readonly cat: string;
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: 1;
  readonly tid: 1;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a slice tells when it is clicked. */
function detailsOf(kernel: ExplainedKernel) {
  const { timeUs = 0, flops, leastBytes, choice, part, fused, passes, precision } = kernel;
  const rates = timeUs > 0 ? { GFLOPS: flops / timeUs / 1e3, "GB/s": leastBytes / timeUs / 1e3 } : {};
  const where = { tensors: operandsText(kernel), "arena slots": slotsText(kernel) };
  return { part, fused, ...where, choice, dispatches: passes.length, precision, flops, leastBytes, ...rates };
}

/**
 * A profiled plan in the format that chrome://tracing and Perfetto open. Kernels run one after the other, and the
 * adapter tells each one's duration alone, so they lie end to end from 0 on.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function chromeTrace(plan: ExplainedPlan, adapter: string): string {
  let ts = 0;
  const slices = plan.kernels.map((kernel): Slice => {
    const { timeUs: dur = 0 } = kernel;
    const name = choiceText(kernel);
    const args = detailsOf(kernel);
    const start = ts;
    ts += dur;
    return { name, cat: kernel.kernel, ph: "X", ts: start, dur, pid: 1, tid: 1, args };
  });
  const named = (name: string, text: string) => ({ name, ph: "M", pid: 1, tid: 1, args: { name: text } });
  const traceEvents = [named("process_name", adapter), named("thread_name", "one step"), ...slices];
  return `${JSON.stringify({ displayTimeUnit: "ms", traceEvents })}\n`;
}

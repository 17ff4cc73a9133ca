import { parseWgsl, type Gpu, type KernelPlan } from "@fledge/runtime";
import type { Task } from "../check-rung.ts";
import { judgeOutputs } from "../judge.ts";
import { bytesOf, type TensorData } from "../tensor-data.ts";
import { inOtherOrder, type Order } from "./reorder.ts";
import { runGuarded } from "./run-guarded.ts";

/** Runs besides the first whose bits must be the same; NaN stands behind the buffers in one, a number in the other. */
const repeats = 2;

/** The first element whose bits differ, or null; NaN is the same as itself here. */
function firstDifference(
  a: Readonly<Record<string, TensorData>>,
  b: Readonly<Record<string, TensorData>>,
): string | null {
  for (const [name, tensor] of Object.entries(a)) {
    const [left, right] = [bytesOf(tensor), bytesOf(b[name]!)];
    const byte = left.findIndex((value, index) => value !== right[index]);
    if (byte !== -1) return `${name}[${Math.floor(byte / tensor.BYTES_PER_ELEMENT)}]`;
  }
  return null;
}

const why: Readonly<Record<Order, string>> = {
  workgroups: "no workgroup may rely on what another has written in the same dispatch",
  invocations: "what one invocation writes, another may read only behind a barrier",
};

function reorderedPlan(plan: KernelPlan, order: Order): KernelPlan | null {
  const dispatches = plan.dispatches.map((dispatch) => inOtherOrder(dispatch, parseWgsl(dispatch.wgsl), order));
  return dispatches.every((dispatch) => dispatch !== null) ? { ...plan, dispatches } : null;
}

/**
 * What is wrong with a plan that one plain run may not show, each in a sentence; empty where nothing was found, which
 * proves nothing. It is run with guard words, several times, and with its workgroups and then its invocations in
 * reverse order, and judged each time.
 * @param factor the rung's `errorFactor`
 * @throws what preparing and running throw
 */
export async function findHazards<Shape>(
  gpu: Gpu,
  plan: KernelPlan,
  { inputs, expected, tolerances }: Task<Shape>,
  factor = 1,
): Promise<string[]> {
  const first = await runGuarded(gpu, plan, inputs);
  const { mismatch } = judgeOutputs(first.outputs, expected, tolerances, factor);
  const found = new Set(first.trespasses);
  if (mismatch !== null)
    found.add(`with NaN behind every buffer ${mismatch}: where it is right without, it reads past an end`);
  for (let run = 0; run < repeats; run += 1) {
    const behind = run === 0 ? "nan" : "number";
    const { outputs, trespasses } = await runGuarded(gpu, plan, inputs, behind);
    for (const trespass of trespasses) found.add(trespass);
    const place = firstDifference(first.outputs, outputs);
    if (place === null) continue;
    found.add(
      behind === "nan"
        ? `${place} differs from run to run: invocations race for it`
        : `${place} differs from run to run: invocations race for it, or it depends on what stands past an end`,
    );
    break;
  }
  if (mismatch !== null) return [...found];
  for (const order of ["workgroups", "invocations"] as const) {
    const other = reorderedPlan(plan, order);
    if (!other) continue;
    const { outputs } = await runGuarded(gpu, other, inputs);
    const wrong = judgeOutputs(outputs, expected, tolerances, factor).mismatch;
    if (wrong !== null) found.add(`with its ${order} in reverse order ${wrong}: ${why[order]}`);
  }
  return [...found];
}

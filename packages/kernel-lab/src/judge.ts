import type { KernelPlan } from "@fledge/runtime";
import { bytesOf, type TensorData, type Tensors } from "./tensor-data.ts";

/** What a reference gives, by tensor name. */
export type Expected = Readonly<Record<string, ArrayLike<number>>>;
/** Absolute bounds by tensor: one for all its elements, or one for each; a tensor without one must be equal. */
export type Tolerances = Readonly<Record<string, number | ArrayLike<number>>>;

/** An element of an output. */
export interface Place {
  readonly tensor: string;
  readonly index: number;
}

/** What is wrong with a rung's outputs, in words or null, and the largest error over its bound, Infinity if any is wrong. */
export interface Judgement {
  readonly mismatch: string | null;
  readonly worstError: number;
  /** Where that error is; null where no element has one. */
  readonly worstAt: Place | null;
}

const wrong = (mismatch: string, worstAt: Place | null = null): Judgement => ({
  mismatch,
  worstError: Infinity,
  worstAt,
});

/**
 * The bound of each element, where a rung's `errorFactor` widens it: `factor` times the element's own, and at least
 * times the tensor's mean. Terms that cancel in one element come from its neighbours too, so such a rung is as exact
 * as its tensor, not as each element, demands.
 */
function boundsOf(tolerance: number | ArrayLike<number>, factor: number): (index: number) => number {
  if (typeof tolerance === "number") return () => factor * tolerance;
  if (factor === 1) return (index) => tolerance[index]!;
  let sum = 0;
  for (let i = 0; i < tolerance.length; i += 1) sum += tolerance[i]!;
  const mean = sum / tolerance.length;
  return (index) => factor * Math.max(tolerance[index]!, mean);
}

/** Whole numbers as they are, others by so many digits. */
const digits = (value: number, count: number): string =>
  Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(count)));

/** What is wrong with an element, by nine digits, which tell two f32 apart; all there are where those of both are the same. */
function misfit(actual: number, expected: number, bound: number): string {
  const [is, wanted] = [digits(actual, 9), digits(expected, 9)];
  return `is ${is === wanted ? actual : is}, expected ${is === wanted ? expected : wanted} within ${digits(bound, 4)}`;
}

/** Judges one tensor, and names the element furthest outside its bound; NaN is further outside than any number. */
function judgeTensor(
  name: string,
  actual: TensorData,
  expected: ArrayLike<number>,
  boundOf: (index: number) => number,
): Judgement {
  if (actual.length !== expected.length)
    return wrong(`${name} has ${actual.length} elements, the reference ${expected.length}`);
  let worstError = 0;
  let worst = -1;
  let outside = 0;
  let furthest = 0;
  let excess = -Infinity;
  for (let i = 0; i < expected.length; i += 1) {
    const error = Math.abs(actual[i]! - expected[i]!);
    const bound = boundOf(i);
    if (error <= bound) {
      if (error > worstError * bound) [worstError, worst] = [error / bound, i];
      continue;
    }
    outside += 1;
    const by = Number.isNaN(error - bound) ? Infinity : error - bound;
    if (by > excess) [furthest, excess] = [i, by];
  }
  if (outside === 0)
    return { mismatch: null, worstError, worstAt: worst === -1 ? null : { tensor: name, index: worst } };
  const others = outside === 1 ? "" : `, and ${outside - 1} more of ${expected.length} are outside`;
  return wrong(`${name}[${furthest}] ${misfit(actual[furthest]!, expected[furthest]!, boundOf(furthest))}${others}`, {
    tensor: name,
    index: furthest,
  });
}

/**
 * Holds a rung's outputs against a reference's; NaN is always outside.
 * @param factor widens the bounds, as a rung's `errorFactor` asks for
 */
export function judgeOutputs(actual: Tensors, expected: Expected, tolerances: Tolerances, factor = 1): Judgement {
  const unknown = Object.keys(actual).find((name) => !(name in expected));
  if (unknown !== undefined) return wrong(`the reference does not give "${unknown}"`);
  let worst: Judgement = { mismatch: null, worstError: 0, worstAt: null };
  for (const [name, values] of Object.entries(expected)) {
    if (!actual[name]) return wrong(`there is no output "${name}"`);
    const judgement = judgeTensor(name, actual[name], values, boundsOf(tolerances[name] ?? 0, factor));
    if (judgement.mismatch !== null) return judgement;
    if (judgement.worstError > worst.worstError) worst = judgement;
  }
  return worst;
}

/** Judges a dispatch floor: every output must be as it was before the run, poisoned or the input. */
export function judgeUntouched(actual: Tensors, { tensors }: KernelPlan, inputs: Tensors): Judgement {
  for (const [name, tensor] of Object.entries(actual)) {
    const before = tensors[name]!.role === "inout" ? bytesOf(inputs[name]!) : null;
    if (!bytesOf(tensor).every((byte, i) => byte === (before?.[i] ?? 0xff))) return wrong(`it writes ${name}`);
  }
  return { mismatch: null, worstError: 0, worstAt: null };
}

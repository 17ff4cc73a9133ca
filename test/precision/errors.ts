// How far one run of a step is from another, by layer and in all.
import { renderTable } from "@fledge/bench";
import { relativeError } from "@fledge/golden-cases";
import type { Step, Values } from "./step.ts";

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The greatest error of an element, as a share of the greatest element. */
function greatestError(out: Float32Array, ref: Float32Array): number {
  let [error, greatest] = [0, 0];
  for (let i = 0; i < ref.length; i++) {
    error = Math.max(error, Math.abs(out[i]! - ref[i]!));
    greatest = Math.max(greatest, Math.abs(ref[i]!));
  }
  return error / greatest;
}

/** Places of a ReLU that let through in one run and not in the other. */
function flips(out: Float32Array, ref: Float32Array): number {
  let count = 0;
  for (let i = 0; i < ref.length; i++) if (out[i]! > 0 !== ref[i]! > 0) count += 1;
  return count;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
export const short = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

interface Errors {
  readonly weight: string;
  readonly out: number;
  readonly dOut: number;
  readonly dWeight: number;
  readonly greatest: number;
  readonly cosine: number;
}

const errorsOf = ({ layers }: Step, out: Values, ref: Values): Errors[] =>
  layers.map((layer) => {
    const pair = (name: string): [Float32Array, Float32Array] => [out.get(name)!, ref.get(name)!];
    return {
      weight: layer.weight,
      out: relativeError(...pair(layer.out)),
      dOut: relativeError(...pair(layer.dOut)),
      dWeight: relativeError(...pair(layer.dWeight)),
      greatest: greatestError(...pair(layer.dWeight)),
      cosine: cosine(...pair(layer.dWeight)),
    };
  });

export const sumsHeader = ["logits", "results", "flipped", "gradients", "dWeight", "greatest", "cosine"];

/**
 * A row below `sumsHeader`: of the logits and of the layer whose result is off most, by norm; signs that ReLUs flipped; of
 * the middle layer and of that which is off most, by norm, the gradients of results and of weights; the greatest error of
 * an element of these; the least cosine.
 */
export function sumsOf(step: Step, out: Values, ref: Values): string[] {
  const errors = errorsOf(step, out, ref);
  const all = (key: keyof Omit<Errors, "weight">): number[] => errors.map((one) => one[key]);
  const middleAndMost = (values: readonly number[]): string => `${short(median(values))} ${short(Math.max(...values))}`;
  const [flipped, places] = step.activated.reduce(
    ([count, size], name) => [count + flips(out.get(name)!, ref.get(name)!), size + ref.get(name)!.length],
    [0, 0],
  );
  return [
    short(relativeError(out.get("logits")!, ref.get("logits")!)),
    short(Math.max(...all("out"))),
    `${flipped} of ${places}`,
    middleAndMost(all("dOut")),
    middleAndMost(all("dWeight")),
    short(Math.max(...all("greatest"))),
    Math.min(...all("cosine")).toFixed(4),
  ];
}

export function layersTable(step: Step, out: Values, ref: Values): string {
  const rows = errorsOf(step, out, ref).map((one) => [
    one.weight.replace(/\.weight$/, ""),
    ...[one.out, one.dOut, one.dWeight, one.greatest].map(short),
    one.cosine.toFixed(5),
  ]);
  return renderTable(["weight of", "result", "its gradient", "dWeight", "greatest", "cosine"], rows);
}

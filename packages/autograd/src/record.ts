import type { TensorSpec } from "@fledge/runtime";
import { differentiate } from "./differentiate.ts";
import { fuseLoss } from "./fuse-loss.ts";
import { fuseNoise } from "./fuse-noise.ts";
import { fuse } from "./fuse.ts";
import type { Graph } from "./graph.ts";
import type { ForcedRungs } from "./lower.ts";
import { prune } from "./prune.ts";
import { InputTensor, type Tensor } from "./tensor.ts";
import { cast, trace } from "./trace.ts";

/** What a program takes and what it computes from that, before it is compiled. */
export type ProgramSource<Inputs extends string, Results extends string> = readonly [
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  body: (inputs: Readonly<Record<Inputs, Tensor>>) => Readonly<Record<Results, Tensor>>,
];

export interface RecordOptions {
  /** Forces a rung by kernel name: `{ "conv2d-forward": "conv2d-forward/01-naive" }`. */
  readonly rungs?: ForcedRungs;
  /** Off, every op runs as it was written; for tests and study. */
  readonly fusion?: boolean;
}

/** A traced function: its nodes, and its inputs and results by name. */
export interface Recorded<Inputs extends string, Results extends string> {
  readonly graph: Graph;
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  readonly results: Readonly<Record<Results, Tensor>>;
}

/** Results as a host can read them: what lies in memory as f16 is widened. */
const readable = <Results extends string>(results: Readonly<Record<Results, Tensor>>): Record<Results, Tensor> => {
  const read = Object.entries<Tensor>(results).map(([name, tensor]) => [
    name,
    tensor.dtype === "f16" ? cast(tensor, "f32") : tensor,
  ]);
  return Object.fromEntries(read) as Record<Results, Tensor>;
};

/** Trace, fuse, differentiate: every node that the function asks for, in order. */
export function differentiated<Inputs extends string, Results extends string>(
  [inputSpecs, body]: ProgramSource<Inputs, Results>,
  { fusion = true }: RecordOptions,
): Recorded<Inputs, Results> {
  const named = Object.entries<TensorSpec>(inputSpecs).map(
    ([name, spec]) => [name, new InputTensor(spec, name)] as const,
  );
  const inputs = Object.fromEntries(named) as Record<Inputs, Tensor>;
  const { graph: traced, result } = trace(() => readable(body(inputs)));
  const fused = fusion ? fuse(traced, Object.values<Tensor>(result)) : traced;
  const { graph, standsFor } = differentiate(fused);
  const resolved = Object.entries<Tensor>(result).map(
    ([name, tensor]) => [name, standsFor.get(tensor) ?? tensor] as const,
  );
  return { graph, inputs, results: Object.fromEntries(resolved) as Record<Results, Tensor> };
}

/** Drops what no result and no variable needs, then fuses the loss with its gradient and dropout with its draws: the graph that is left to plan. */
export function simplified<Inputs extends string, Results extends string>(
  recorded: Recorded<Inputs, Results>,
  { fusion = true, rungs = {} }: RecordOptions,
): Recorded<Inputs, Results> {
  const results = Object.values<Tensor>(recorded.results);
  const pruned = prune(recorded.graph, results);
  return { ...recorded, graph: fusion ? fuseNoise(fuseLoss(pruned, rungs), results, rungs) : pruned };
}

import { elementCount, type Kernel } from "@fledge/runtime";
import { sgdAccumulate } from "@fledge/sgd";
import { changedBy, FlatNode, KernelNode, readBy, reading, type GraphNode } from "./graph.ts";
import type { Recorded } from "./record.ts";
import { ConstantTensor, InputTensor, Variable, type Tensor } from "./tensor.ts";

/** A program that takes a step, divided for a batch that is computed in parts. */
export interface Divided<Result extends string> {
  /** What runs for each part: all but the update, and the sums of what the update reads. It has all results but the update's. */
  readonly part: Recorded<string, Result>;
  /** What runs once for the batch, reading the sums; null where nothing does. Its results are the scalars that it leaves. */
  readonly update: Recorded<string, Result> | null;
}

/** The part's share of the batch's examples, and how many parts of the batch came before: at 0 the sums begin anew. */
export const shareInput = "share of the batch";
export const partInput = "parts before";

/** Parameters and optimiser state move once a batch; BatchNorm's running statistics move with every part that they see. */
const moves = (node: GraphNode): boolean =>
  changedBy(node).some(({ role }) => role === "parameter" || role === "optimiser" || role === "scaler");

const isGivenScalar = (tensor: Tensor): boolean => isGiven(tensor) && tensor.shape.length === 0;

/** The nodes of the update: those that move something, and what is computed for them alone from scalars, as a group's rate. */
function updateOf({ graph, results }: Recorded<string, string>): Set<GraphNode> {
  const update = new Set(graph.nodes.filter(moves));
  for (const node of [...graph.nodes].reverse()) {
    if (update.has(node) || !(node instanceof KernelNode) || !readBy(node).every(isGivenScalar)) continue;
    const outputs = new Set(Object.values(node.outputs));
    const readers = graph.nodes.filter((other) => readBy(other).some((tensor) => outputs.has(tensor)));
    const isResult = Object.values<Tensor>(results).some((tensor) => outputs.has(tensor));
    if (readers.length > 0 && !isResult && readers.every((reader) => update.has(reader))) update.add(node);
  }
  return update;
}

const isGiven = (tensor: Tensor): boolean =>
  tensor instanceof Variable || tensor instanceof InputTensor || tensor instanceof ConstantTensor;

/** The gradients, in order, that update nodes read and the rest computes. */
export function summedOf(recorded: Recorded<string, string>): Tensor[] {
  const update = [...updateOf(recorded)];
  const own = new Set(update.flatMap((node) => (node instanceof KernelNode ? Object.values(node.outputs) : [])));
  const read = recorded.graph.nodes.filter((node) => update.includes(node)).flatMap(readBy);
  return [...new Set(read)].filter((tensor) => !isGiven(tensor) && !own.has(tensor));
}

/** A variable for the sum of each gradient over the parts. */
export const sumsFor = (gradients: readonly Tensor[]): Variable[] =>
  gradients.map(
    (gradient) =>
      new Variable(`sum of ${gradient.name}`, gradient, "gradient", () => new Float32Array(elementCount(gradient))),
  );

/** An update node that reads sums in place of gradients. @throws where it is no optimiser's */
function readingSums(node: GraphNode, sumOf: ReadonlyMap<Tensor, Tensor>): GraphNode {
  if (node instanceof FlatNode) return reading(node, sumOf);
  const summed = readBy(node).find((tensor) => sumOf.has(tensor));
  if (!summed) return node;
  throw new Error(`a batch in parts sums what optimisers read; a kernel of the update reads ${summed.name}`);
}

/** Whether a result is what the update leaves of a scalar, as the scale of a loss. */
const isLeft = (result: Tensor, moved: ReadonlySet<Tensor>): boolean => moved.has(result) && result.shape.length === 0;

/** @throws where something asks for a variable as the update leaves it: that comes after all parts, and only once */
function refuseMovedVariables({ graph, results }: Recorded<string, string>, update: ReadonlySet<GraphNode>): void {
  const moved = new Set<Tensor>();
  for (const node of graph.nodes) {
    const read = update.has(node) ? undefined : readBy(node).find((tensor) => moved.has(tensor));
    if (read)
      throw new Error(`a batch in parts moves "${read.name}" after all its parts; a kernel reads it moved before`);
    if (update.has(node)) for (const variable of changedBy(node)) moved.add(variable);
  }
  const [name, returned] =
    Object.entries(results).find(([, tensor]) => tensor instanceof Variable && !isLeft(tensor, moved)) ?? [];
  if (returned)
    throw new Error(`a batch in parts has no result of its own for the variable "${returned.name}" (${name})`);
}

/** The inputs that some node reads, or that are results. */
function needed(
  inputs: Readonly<Record<string, Tensor>>,
  nodes: readonly GraphNode[],
  results: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const read = new Set([...nodes.flatMap(readBy), ...Object.values(results)]);
  return Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => read.has(tensor)));
}

/** The results of which `test` says yes, and the others. */
function partition<Result extends string>(
  results: Readonly<Record<Result, Tensor>>,
  test: (tensor: Tensor) => boolean,
): [yes: Record<Result, Tensor>, no: Record<Result, Tensor>] {
  const of = (wanted: boolean): Record<Result, Tensor> =>
    Object.fromEntries(Object.entries<Tensor>(results).filter(([, tensor]) => test(tensor) === wanted)) as Record<
      Result,
      Tensor
    >;
  return [of(true), of(false)];
}

/**
 * Divides a step at its gradients. The sum over parts, each weighted by its share, is the gradient of the whole batch's
 * mean loss, but for BatchNorm, which normalises each part by that part's own statistics.
 * @param sums as many as `summedOf` finds, of the same shapes
 * @throws where something is to be computed from a variable that the update has moved
 */
export function divide<Result extends string>(
  recorded: Recorded<string, Result>,
  sums: readonly Variable[],
): Divided<Result> {
  const ofUpdate = updateOf(recorded);
  refuseMovedVariables(recorded, ofUpdate);
  const { graph, inputs, results } = recorded;
  const gradients = summedOf(recorded);
  const update = graph.nodes.filter((node) => ofUpdate.has(node));
  if (update.length === 0) return { part: recorded, update: null };
  const movedByUpdate = new Set<Tensor>(update.flatMap(changedBy));
  const [left, ofPart] = partition(results, (tensor) => isLeft(tensor, movedByUpdate));
  const share = new InputTensor({ shape: [], dtype: "f32" }, shareInput);
  const part = new InputTensor({ shape: [], dtype: "u32" }, partInput);
  const accumulation = new FlatNode({
    kernel: sgdAccumulate as Kernel<unknown>,
    options: {},
    lists: { sum: sums, gradient: gradients },
    scalars: { share, part },
  });
  const nodes = [...graph.nodes.filter((node) => !ofUpdate.has(node)), accumulation];
  const sumOf = new Map(gradients.map((gradient, index) => [gradient, sums[index]!]));
  const moved = update.map((node) => readingSums(node, sumOf));
  return {
    part: {
      graph: { nodes },
      inputs: { ...needed(inputs, nodes, ofPart), [shareInput]: share, [partInput]: part },
      results: ofPart,
    },
    update: { graph: { nodes: moved }, inputs: needed(inputs, moved, {}), results: left },
  };
}

import { judgeOutputs, tracePlan, type DispatchTrace } from "@fledge/kernel-lab";
import { planKernel, sizeBytes, whyUnsupported, type Constants, type Gpu, type Rung } from "@fledge/runtime";
import { ladderTask } from "@fledge/testing/browser";
import { allRungs, type LoadedLadder, type Shape } from "./ladders.ts";
import { shapesOfRungs, smallConstants, smallShapes } from "./small-shapes.ts";
import { withEdit } from "./edited.ts";

/** What is to be traced; sizes and constants are small ones where none are given. */
export interface TraceChoice {
  readonly rung: string;
  /** A visitor's module, which takes over the rung's grid, parameters and scratch buffers. */
  readonly source?: string | undefined;
  readonly shape?: Shape | undefined;
  readonly constants?: Constants | undefined;
}

/** A rung's moves at one shape, as plain data. */
export interface TraceView {
  readonly shape: Shape;
  /** All its constants, as they were in this run. */
  readonly constants: Constants;
  readonly dispatches: readonly DispatchTrace[];
  /** What the traced run computed wrongly; null where it is right. */
  readonly mismatch: string | null;
}

function shapeFor({ kernel, cases }: LoadedLadder, rung: Rung<Shape>, id: string, gpu: Gpu): Shape {
  const bytes = (shape: Shape): number =>
    Object.values(kernel.tensors(shape)).reduce((sum, tensor) => sum + sizeBytes(tensor), 0);
  const own = shapesOfRungs[id];
  // Those whose tensors are stored in f16 show two elements to a cell: a visitor may ask for them.
  const bySize = cases
    .map(({ shape }) => shape)
    .filter((shape) => !("storage" in shape))
    .sort((a, b) => bytes(a) - bytes(b));
  const shapes = [...(own ? [own] : []), ...(smallShapes[kernel.name] ?? []), ...bySize];
  return shapes.find((shape) => whyUnsupported(rung, shape, gpu.traits) === null) ?? shapes[0]!;
}

/** Runs a rung with a log of its reads and writes. @throws what `tracePlan` and planning throw */
export async function traceRung(gpu: Gpu, ladder: LoadedLadder, choice: TraceChoice): Promise<TraceView> {
  const base = allRungs(ladder).find(({ id }) => id === choice.rung);
  if (!base) throw new Error(`${ladder.kernel.name} has no rung "${choice.rung}"`);
  const { kernel, rung } =
    choice.source === undefined
      ? { kernel: ladder.kernel, rung: base }
      : withEdit(ladder, { base: base.id, source: choice.source });
  const shape = choice.shape ?? shapeFor(ladder, rung, base.id, gpu);
  const known = (name: string): boolean => name in rung.module.constants;
  const wanted = Object.entries(choice.constants ?? smallConstants[base.id] ?? {});
  const constants = Object.fromEntries(wanted.filter(([name]) => known(name)));
  kernel.check(shape);
  const { problem } = ladder.cases[0]!;
  const task = ladderTask({ ...problem, kernel }, "moves", shape);
  const plan = planKernel(kernel, shape, { device: gpu.traits, rung: rung.id, tile: constants });
  const { dispatches, outputs } = await tracePlan(gpu, plan, task.inputs);
  const { mismatch } = judgeOutputs(outputs, task.expected, task.tolerances, rung.errorFactor?.(shape) ?? 1);
  return {
    shape,
    constants: { ...rung.module.constants, ...rung.constants?.(shape), ...constants },
    dispatches,
    mismatch,
  };
}

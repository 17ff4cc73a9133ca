import { judgeOutputs, tracePlan, UntraceableError, type DispatchTrace, type Emulated } from "@fledge/kernel-lab";
import {
  planKernel,
  sizeBytes,
  whyUnsupported,
  type Constants,
  type DeviceTraits,
  type Gpu,
  type Rung,
} from "@fledge/runtime";
import { ladderTask } from "@fledge/testing/browser";
import { allRungs, type Case, type LoadedLadder, type Shape } from "./ladders.ts";
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
  /** What this adapter lacks and the trace emulated. */
  readonly emulated: Emulated;
  /** What the traced run computed wrongly; null where it is right. */
  readonly mismatch: string | null;
}

/** As many lanes as the rungs that share rows want, on every adapter: the sizes below are chosen for a picture of them. */
const subgroupLanes = 8;

function emulatedFor({ module: { code } }: Rung<Shape>, { features, subgroupSize }: DeviceTraits): Emulated {
  return {
    ...(/\benable subgroups\b/.test(code) && subgroupSize !== subgroupLanes && { subgroupLanes }),
    ...(/\benable f16\b/.test(code) && !features.has("shader-f16") && { halves: true }),
  };
}

const withEmulated = (traits: DeviceTraits, { subgroupLanes: lanes, halves }: Emulated): DeviceTraits => ({
  ...traits,
  features: new Set([...traits.features, ...(lanes ? ["subgroups"] : []), ...(halves ? ["shader-f16"] : [])]),
  subgroupSize: lanes ?? traits.subgroupSize,
});

/** The shape that a rung's picture begins with. */
function shapeFor(
  { kernel, cases }: LoadedLadder,
  rung: Rung<Shape>,
  id: string,
  device: DeviceTraits,
  constants: Constants,
): Shape {
  const bytes = (shape: Shape): number =>
    Object.values(kernel.tensors(shape)).reduce((sum, tensor) => sum + sizeBytes(tensor), 0);
  const own = shapesOfRungs[id];
  // Those whose tensors are stored in f16 show two elements to a cell: a visitor may ask for them.
  const bySize = cases
    .map(({ shape }) => shape)
    .filter((shape) => !("storage" in shape))
    .sort((a, b) => bytes(a) - bytes(b));
  const shapes = [...(own ? [own] : []), ...(smallShapes[kernel.name] ?? []), ...bySize];
  return shapes.find((shape) => whyUnsupported(rung, shape, device, constants) === null) ?? shapes[0]!;
}

/** A list of shapes may have inputs of its own, which fit them alone; other shapes take those of the first. */
export const problemFor = ({ cases }: LoadedLadder, shape: Shape): Case["problem"] =>
  (cases.find((one) => JSON.stringify(one.shape) === JSON.stringify(shape)) ?? cases[0]!).problem;

/** Runs a rung with a log of its reads and writes. @throws what `tracePlan` and planning throw */
export async function traceRung(gpu: Gpu, ladder: LoadedLadder, choice: TraceChoice): Promise<TraceView> {
  const base = allRungs(ladder).find(({ id }) => id === choice.rung);
  if (!base) throw new Error(`${ladder.kernel.name} has no rung "${choice.rung}"`);
  const { kernel, rung } =
    choice.source === undefined
      ? { kernel: ladder.kernel, rung: base }
      : withEdit(ladder, { base: base.id, source: choice.source });
  if (/\bsubgroup_matrix_/.test(rung.module.code))
    throw new UntraceableError(
      `${rung.id} multiplies on matrix units: a subgroup hands them whole matrices, and no lane reads or writes cells of its own, so there are no moves to show`,
    );
  const emulated = emulatedFor(rung, gpu.traits);
  const device = withEmulated(gpu.traits, emulated);
  const constants = choice.constants ?? smallConstants(base.id, rung.module.constants);
  const shape = choice.shape ?? shapeFor(ladder, rung, base.id, device, constants);
  kernel.check(shape);
  const task = ladderTask({ ...problemFor(ladder, shape), kernel }, "moves", shape);
  const plan = planKernel(kernel, shape, { device, rung: rung.id, tile: constants });
  const { dispatches, outputs } = await tracePlan(gpu, plan, task.inputs, emulated);
  const { mismatch } = judgeOutputs(outputs, task.expected, task.tolerances, rung.errorFactor?.(shape) ?? 1);
  return {
    shape,
    constants: { ...rung.module.constants, ...rung.constants?.(shape), ...constants },
    dispatches,
    emulated,
    mismatch,
  };
}

import { checkRung, KernelTensors, type Task, type Tensors, type Tolerances, type Trial } from "@fledge/kernel-lab";
import { random } from "@fledge/random";
import type { Constants, Gpu, Kernel, Rung } from "@fledge/runtime";

/** A kernel's test: shapes, what to feed it, what it must give. */
export interface LadderTests<Shape> {
  readonly kernel: Kernel<Shape>;
  /** Shapes by the name of a real layer, or of what is odd about them. */
  readonly cases: Readonly<Record<string, Shape>>;
  /** Tensors that the kernel reads; `uniform` draws from [-1, 1). */
  readonly inputs: (shape: Shape, uniform: () => number) => Tensors;
  /** The operator in float64. */
  readonly reference: (shape: Shape, inputs: Tensors) => Readonly<Record<string, Float64Array>>;
  /** Absolute bounds by tensor name, times a rung's `errorFactor`; a tensor that is not named must be equal. */
  readonly tolerance: (shape: Shape, inputs: Tensors, expected: Readonly<Record<string, Float64Array>>) => Tolerances;
}

type Ladder<Shape> = Omit<LadderTests<Shape>, "cases">;

function inputsOf<Shape>({ kernel, inputs }: Ladder<Shape>, name: string, shape: Shape): Tensors {
  const draw = random(1, `ladder ${kernel.name} ${name}`);
  return inputs(shape, () => 2 * draw.float() - 1);
}

/** What the dispatch floor is asked: to run on the inputs, and to give nothing. */
export const floorTask = <Shape>(ladder: Ladder<Shape>, name: string, shape: Shape): Task<Shape> => ({
  shape,
  inputs: inputsOf(ladder, name, shape),
  expected: {},
  tolerances: {},
});

/** What a rung is asked on a shape, the same wherever it is asked: seeded by the kernel and the case's name. */
export function ladderTask<Shape>(ladder: Ladder<Shape>, name: string, shape: Shape): Task<Shape> {
  const inputs = inputsOf(ladder, name, shape);
  const expected = ladder.reference(shape, inputs);
  return { shape, inputs, expected, tolerances: ladder.tolerance(shape, inputs, expected) };
}

/** Runs one rung, or the dispatch floor, on a task and judges it. @param tile constants over the rung's own */
export async function tryRung<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  rung: Rung<Shape>,
  task: Task<Shape>,
  tile?: Constants,
): Promise<Trial> {
  const tensors = new KernelTensors(gpu, { kernel: kernel.name, tensors: kernel.tensors(task.shape) }, task.inputs);
  try {
    return await checkRung(gpu, kernel, rung, task, tensors, tile);
  } finally {
    tensors.free();
  }
}

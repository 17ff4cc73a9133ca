import {
  checkRung,
  KernelTensors,
  roundedToHalf,
  type Task,
  type Tensors,
  type Tolerances,
  type Trial,
} from "@fledge/kernel-lab";
import { random } from "@fledge/random";
import { roundingToHalf, type Constants, type Gpu, type Kernel, type Rung } from "@fledge/runtime";

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

type Values = Readonly<Record<string, Float64Array>>;

const isHalf = <Shape>({ kernel }: Ladder<Shape>, shape: Shape, name: string): boolean =>
  kernel.tensors(shape)[name]?.dtype === "f16";

/** What is stored as f16 is rounded before the reference sees it, so that it reads what the rung reads. */
function inputsOf<Shape>(ladder: Ladder<Shape>, name: string, shape: Shape): Tensors {
  const draw = random(1, `ladder ${ladder.kernel.name} ${name}`);
  const drawn = ladder.inputs(shape, () => 2 * draw.float() - 1);
  return Object.fromEntries(
    Object.entries(drawn).map(([tensor, data]) => [tensor, isHalf(ladder, shape, tensor) ? roundedToHalf(data) : data]),
  );
}

/** The kernel's bounds, and for outputs stored as f16 that rounding above them. */
function tolerancesOf<Shape>(ladder: Ladder<Shape>, shape: Shape, inputs: Tensors, expected: Values): Tolerances {
  const exact = ladder.tolerance(shape, inputs, expected);
  const halves = Object.keys(expected).filter((name) => isHalf(ladder, shape, name));
  const widened = halves.map((name) => {
    const bound = exact[name] ?? 0;
    const values = expected[name]!.map(
      (value, i) => (typeof bound === "number" ? bound : bound[i]!) + roundingToHalf(value),
    );
    return [name, values];
  });
  return { ...exact, ...Object.fromEntries(widened) };
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
  return { shape, inputs, expected, tolerances: tolerancesOf(ladder, shape, inputs, expected) };
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

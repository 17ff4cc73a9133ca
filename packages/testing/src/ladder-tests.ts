import { checkRung, KernelTensors, type Tensors, type Tolerances } from "@fledge/kernel-lab";
import { random } from "@fledge/random";
import { planKernel, planNoop, whyUnsupported, type Kernel, type KernelPlan, type Rung } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { openTestGpu } from "./gpu.ts";

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

/**
 * Tests every rung of a kernel on every shape against the float64 reference; a rung that cannot run one says why.
 * The kernel's dispatch floor must run on the same shapes and leave its outputs as they are.
 */
export function ladderTests<Shape>(ladder: LadderTests<Shape>): void {
  const { kernel } = ladder;
  describe(`${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const plan = (rung: Rung<Shape>, shape: Shape): KernelPlan | null =>
      rung === kernel.noop
        ? planNoop(kernel, shape, gpu.traits)
        : planKernel(kernel, shape, { device: gpu.traits, rung: rung.id });
    const check = async (rung: Rung<Shape>, name: string, shape: Shape): Promise<void> => {
      const draw = random(1, `ladder ${kernel.name} ${name}`);
      const inputs = ladder.inputs(shape, () => 2 * draw.float() - 1);
      const expected: Readonly<Record<string, Float64Array>> =
        rung === kernel.noop ? {} : ladder.reference(shape, inputs);
      const tolerances = rung === kernel.noop ? {} : ladder.tolerance(shape, inputs, expected);
      const tensors = new KernelTensors(gpu, { kernel: kernel.name, tensors: kernel.tensors(shape) }, inputs);
      try {
        const trial = await checkRung(gpu, kernel, rung, { shape, inputs, expected, tolerances }, tensors);
        expect(trial.outcome === "sound" ? null : trial.reason).toBeNull();
      } finally {
        tensors.free();
      }
    };

    for (const rung of [...(kernel.noop ? [kernel.noop] : []), ...kernel.rungs]) {
      for (const [name, shape] of Object.entries(ladder.cases)) {
        const reason = whyUnsupported(rung, shape, gpu.traits);
        const title = rung === kernel.noop ? `${rung.id} writes nothing on ${name}` : `${rung.id} on ${name}`;
        if (reason === null) it(title, () => check(rung, name, shape));
        else it(`${rung.id} refuses ${name}: ${reason}`, () => expect(() => plan(rung, shape)).toThrow(reason));
      }
    }
  });
}

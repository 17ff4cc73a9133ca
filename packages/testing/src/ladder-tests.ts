import { planKernel, planNoop, whyUnsupported, type Kernel, type KernelPlan, type Rung } from "@fledge/runtime";
import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { widened, worstMismatch, type Tolerance } from "./compare.ts";
import { openTestGpu } from "./gpu.ts";
import { runKernel, runPlan, type TensorData } from "./run-kernel.ts";

export type Inputs = Readonly<Record<string, TensorData>>;
export type Expected = Readonly<Record<string, Float64Array>>;

export interface LadderTests<Shape> {
  readonly kernel: Kernel<Shape>;
  /** Shapes by the name of a real layer, or of what is odd about them. */
  readonly cases: Readonly<Record<string, Shape>>;
  /** Tensors that the kernel reads; `uniform` draws from [-1, 1). */
  readonly inputs: (shape: Shape, uniform: () => number) => Inputs;
  /** The operator in float64. */
  readonly reference: (shape: Shape, inputs: Inputs) => Expected;
  /** Absolute bounds by tensor name, times a rung's `errorFactor`; a tensor that is not named must be equal. */
  readonly tolerance: (shape: Shape, inputs: Inputs, expected: Expected) => Readonly<Record<string, Tolerance>>;
}

/** Names of the outputs of which a byte is no longer as it was before the run: all ones, or the input. */
function touched(plan: KernelPlan, inputs: Inputs, outputs: Inputs): string[] {
  const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData) => new Uint8Array(buffer, byteOffset, byteLength);
  return Object.entries(outputs).flatMap(([name, output]) => {
    const before = plan.tensors[name]!.role === "inout" ? bytesOf(inputs[name]!) : null;
    return bytesOf(output).every((byte, i) => byte === (before?.[i] ?? 0xff)) ? [] : [name];
  });
}

/**
 * Tests every rung of a kernel on every shape against the float64 reference; a rung that cannot run one says why.
 * The kernel's dispatch floor must run on the same shapes and leave its outputs as they are.
 */
export function ladderTests<Shape>(ladder: LadderTests<Shape>): void {
  const { kernel } = ladder;
  describe(`${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const drawInputs = (name: string, shape: Shape): Inputs => {
      const draw = random(1, `ladder ${kernel.name} ${name}`);
      return ladder.inputs(shape, () => 2 * draw.float() - 1);
    };
    const checkNumbers = async (rung: Rung<Shape>, name: string, shape: Shape): Promise<void> => {
      const inputs = drawInputs(name, shape);
      const expected = ladder.reference(shape, inputs);
      const tolerance = ladder.tolerance(shape, inputs, expected);
      const actual = await runKernel(gpu, kernel, shape, inputs, { rung: rung.id });
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [tensor, values] of Object.entries(expected)) {
        const bound = widened(tolerance[tensor] ?? 0, rung.errorFactor?.(shape) ?? 1);
        expect(worstMismatch(actual[tensor]!, values, bound), tensor).toBeNull();
      }
    };
    const checkUntouched = async (name: string, shape: Shape): Promise<void> => {
      const plan = planNoop(kernel, shape, gpu.traits)!;
      const inputs = drawInputs(name, shape);
      expect(touched(plan, inputs, await runPlan(gpu, plan, inputs))).toEqual([]);
    };
    const plan = (rung: Rung<Shape>, shape: Shape): KernelPlan | null =>
      rung === kernel.noop
        ? planNoop(kernel, shape, gpu.traits)
        : planKernel(kernel, shape, { device: gpu.traits, rung: rung.id });

    for (const rung of [...(kernel.noop ? [kernel.noop] : []), ...kernel.rungs]) {
      for (const [name, shape] of Object.entries(ladder.cases)) {
        const reason = whyUnsupported(rung, shape, gpu.traits);
        if (reason !== null)
          it(`${rung.id} refuses ${name}: ${reason}`, () => expect(() => plan(rung, shape)).toThrow(reason));
        else if (rung === kernel.noop) it(`${rung.id} writes nothing on ${name}`, () => checkUntouched(name, shape));
        else it(`${rung.id} on ${name}`, () => checkNumbers(rung, name, shape));
      }
    }
  });
}

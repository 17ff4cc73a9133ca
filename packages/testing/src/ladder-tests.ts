import { whyUnsupported, type Kernel } from "@fledge/runtime";
import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { worstMismatch, type Tolerance } from "./compare.ts";
import { openTestGpu } from "./gpu.ts";
import { runKernel, type TensorData } from "./run-kernel.ts";

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
  /** Absolute bounds by tensor name; a tensor that is not named must be equal. */
  readonly tolerance: (shape: Shape, inputs: Inputs, expected: Expected) => Readonly<Record<string, Tolerance>>;
}

/** Tests every rung of a kernel on every shape against the float64 reference; a rung that cannot run one says why. */
export function ladderTests<Shape>(ladder: LadderTests<Shape>): void {
  const { kernel } = ladder;
  describe(`${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const checkNumbers = async (rung: string, name: string, shape: Shape): Promise<void> => {
      const draw = random(1, `ladder ${kernel.name} ${name}`);
      const inputs = ladder.inputs(shape, () => 2 * draw.float() - 1);
      const expected = ladder.reference(shape, inputs);
      const tolerance = ladder.tolerance(shape, inputs, expected);
      const actual = await runKernel(gpu, kernel, shape, inputs, { rung });
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [tensor, values] of Object.entries(expected)) {
        expect(worstMismatch(actual[tensor]!, values, tolerance[tensor] ?? 0), tensor).toBeNull();
      }
    };
    const checkRefusal = async (rung: string, shape: Shape, reason: string): Promise<void> => {
      await expect(runKernel(gpu, kernel, shape, {}, { rung })).rejects.toThrow(reason);
    };
    for (const rung of kernel.rungs) {
      for (const [name, shape] of Object.entries(ladder.cases)) {
        const reason = whyUnsupported(rung, shape, gpu.traits);
        const title = reason === null ? `${rung.id} on ${name}` : `${rung.id} refuses ${name}: ${reason}`;
        it(title, () => (reason === null ? checkNumbers(rung.id, name, shape) : checkRefusal(rung.id, shape, reason)));
      }
    }
  });
}

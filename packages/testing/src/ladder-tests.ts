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

/** One test for every rung of a kernel on every shape, against the float64 reference; a rung that cannot run a shape says why. */
export function ladderTests<Shape>(ladder: LadderTests<Shape>): void {
  describe(ladder.kernel.name, async () => {
    const gpu = await openTestGpu();
    for (const rung of ladder.kernel.rungs) {
      for (const [name, shape] of Object.entries(ladder.cases)) {
        const reason = whyUnsupported(rung, shape, gpu.traits);
        if (reason !== null) {
          it(`${rung.id} refuses ${name}: ${reason}`, async () => {
            await expect(runKernel(gpu, ladder.kernel, shape, {}, { rung: rung.id })).rejects.toThrow(reason);
          });
          continue;
        }
        it(`${rung.id} on ${name}`, async () => {
          const draw = random(1, `ladder ${ladder.kernel.name} ${name}`);
          const inputs = ladder.inputs(shape, () => 2 * draw.float() - 1);
          const expected = ladder.reference(shape, inputs);
          const tolerance = ladder.tolerance(shape, inputs, expected);
          const actual = await runKernel(gpu, ladder.kernel, shape, inputs, { rung: rung.id });
          expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
          for (const [tensor, values] of Object.entries(expected)) {
            expect(worstMismatch(actual[tensor]!, values, tolerance[tensor] ?? 0), tensor).toBeNull();
          }
        });
      }
    }
  });
}

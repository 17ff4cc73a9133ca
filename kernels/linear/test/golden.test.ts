import { whyUnsupported, type Kernel } from "@fledge/runtime";
import { listCases, loadCase, openTestGpu, relativeError, runKernel } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { linearForward, linearGradInput, linearGradWeight, type LinearShape } from "../src/index.ts";
import { linearForwardReference, linearGradInputReference, linearGradWeightReference } from "../src/reference.ts";

/** PyTorch keeps the weight as [OUT,IN]. */
function transposed(values: ArrayLike<number>, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  return result;
}

describe("linear against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("linear")) {
    const golden = loadCase(directory);
    const [N, IN] = golden.shape("input");
    const [OUT] = golden.shape("weight");
    const shape: LinearShape = { N, IN, OUT };
    const tensor = (name: string): Float32Array<ArrayBuffer> => Float32Array.from(golden.float32(name));
    const x = tensor("input");
    const weight = transposed(golden.float32("weight"), OUT, IN);
    const bias = tensor("bias");
    const dOut = tensor("grad_output");
    const expectGolden = (name: string, actual: ArrayLike<number>, errorFactor = 1): void => {
      const expected = name === "grad/weight" ? transposed(golden.float32(name), OUT, IN) : golden.float32(name);
      const error = relativeError(actual, expected, golden.floorOf(name));
      expect(error).toBeLessThanOrEqual(errorFactor * golden.toleranceOf(name));
    };
    const onEveryRung = (kernel: Kernel<LinearShape>, names: Readonly<Record<string, string>>): void => {
      for (const rung of kernel.rungs) {
        if (whyUnsupported(rung, shape, gpu.traits) !== null) continue;
        it(`${rung.id}, ${basename(directory)}`, async () => {
          const outputs = await runKernel(gpu, kernel, shape, { x, weight, bias, dOut }, { rung: rung.id });
          for (const [tensorName, goldenName] of Object.entries(names))
            expectGolden(goldenName, outputs[tensorName], rung.errorFactor?.(shape));
        });
      }
    };

    it(`reference, ${basename(directory)}`, () => {
      expectGolden("output", linearForwardReference(shape, x, weight, bias));
      expectGolden("grad/input", linearGradInputReference(shape, dOut, weight));
      const { dWeight, dBias } = linearGradWeightReference(shape, x, dOut);
      expectGolden("grad/weight", dWeight);
      expectGolden("grad/bias", dBias);
    });
    onEveryRung(linearForward, { out: "output" });
    onEveryRung(linearGradInput, { dX: "grad/input" });
    onEveryRung(linearGradWeight, { dWeight: "grad/weight", dBias: "grad/bias" });
  }
});

import type { Kernel } from "@fledge/runtime";
import { openTestGpu, runKernel, type TensorData } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import { applyInputs, backwardInputs, statisticsInputs } from "./inputs.ts";

const shape = { N: 3, H: 9, W: 11, C: 16, momentum: 0.1, epsilon: 1e-5, relu: true, residual: true, frozen: false };
/** Numbers in [-1, 1] without a pattern that a kernel could follow. */
const uniform = () => {
  let i = 0;
  return () => Math.sin(++i);
};
/** Some rungs of the gradient take blocks of 256 channels. */
const manyChannels = { ...shape, C: 256 };
const channelsWithNaN = (values: TensorData, { C } = shape): number[] => [
  ...new Set([...values].flatMap((value, i) => (Number.isNaN(value) ? [i % C] : []))),
];

describe("hazards", async () => {
  const gpu = await openTestGpu();
  const rungs = <Shape>(kernel: Kernel<Shape>) => kernel.rungs.map(({ id }) => id);

  it.each(rungs(batchnormStatistics))("%s keeps a NaN in its own channel and shows it there", async (rung) => {
    const inputs = statisticsInputs(shape, uniform());
    inputs.x[100 * shape.C + 5] = NaN;
    const outputs = await runKernel(gpu, batchnormStatistics, shape, inputs, { rung });
    for (const values of Object.values(outputs)) expect(channelsWithNaN(values)).toEqual([5]);
  });

  it.each(rungs(batchnormApply))("%s does not hide a NaN behind the ReLU", async (rung) => {
    const inputs = applyInputs(shape, uniform());
    inputs.x[100 * shape.C + 5] = NaN;
    const { out } = await runKernel(gpu, batchnormApply, shape, inputs, { rung });
    expect([...out].flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([100 * shape.C + 5]);
  });

  it.each(rungs(batchnormBackward))("%s does not hide a NaN of the result behind the mask", async (rung) => {
    const inputs = backwardInputs(manyChannels, uniform());
    inputs.gate![100 * manyChannels.C + 5] = NaN;
    inputs.dOut[100 * manyChannels.C + 5] = NaN;
    const outputs = await runKernel(gpu, batchnormBackward, manyChannels, inputs, { rung });
    for (const values of Object.values(outputs)) expect(channelsWithNaN(values, manyChannels)).toEqual([5]);
  });

  it.each(rungs(batchnormBackward))("%s does not hide a NaN of x behind the mask it computes", async (rung) => {
    const plain = { ...manyChannels, residual: false };
    const inputs = backwardInputs(plain, uniform());
    inputs.x[100 * manyChannels.C + 5] = NaN;
    const { dX, dWeight } = await runKernel(gpu, batchnormBackward, plain, inputs, { rung });
    expect(channelsWithNaN(dX!, manyChannels)).toEqual([5]);
    expect(channelsWithNaN(dWeight!, manyChannels)).toEqual([5]);
  });

  it("gives the same bits every time", async () => {
    const tall = { ...shape, H: 300 };
    const inputs = statisticsInputs(tall, uniform());
    const gradients = backwardInputs(tall, uniform());
    const once = await runKernel(gpu, batchnormStatistics, tall, inputs);
    expect(await runKernel(gpu, batchnormStatistics, tall, inputs)).toEqual(once);
    const back = await runKernel(gpu, batchnormBackward, tall, gradients);
    expect(await runKernel(gpu, batchnormBackward, tall, gradients)).toEqual(back);
  });
});

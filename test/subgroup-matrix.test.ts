import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "@fledge/conv2d";
import { allocationBytes, baselineDevice, planKernel, traitsFor, whyUnsupported, type Kernel } from "@fledge/runtime";
import { nullAdapter } from "@fledge/runtime/src/adapter/instance.ts";
import { usesMatrixUnits } from "@fledge/testing";
import { expect, it } from "vitest";

const device = traitsFor("matrix", { ...baselineDevice, subgroupSize: 32 });
/** What fits the memory of any device's workgroups. */
const tile = { BM: 64, BN: 64, FM: 2, FN: 2, WORKGROUP: 128 };
/** Results of few matrices, in one split of K and in several, and one of a matrix alone. */
const shapes: readonly Conv2dShape[] = [
  { N: 1, IH: 4, IW: 4, IC: 16, OC: 16, KH: 3, KW: 3, stride: 1, padding: 1 },
  { N: 5, IH: 16, IW: 16, IC: 16, OC: 16, KH: 1, KW: 1, stride: 1, padding: 0 },
  { N: 2, IH: 9, IW: 9, IC: 20, OC: 24, KH: 3, KW: 3, stride: 2, padding: 1 },
];

/** What matrices can be loaded from as it lies: with rows that fill none, in one split of K and in several. */
const halves: readonly Conv2dShape[] = [
  { N: 1, IH: 4, IW: 4, IC: 16, OC: 16, KH: 1, KW: 1, stride: 1, padding: 0, storage: "f16" },
  { N: 3, IH: 13, IW: 11, IC: 80, OC: 144, KH: 1, KW: 1, stride: 1, padding: 0, storage: "f16" },
];

it.each<Kernel<Conv2dShape>>([conv2dForward, conv2dGradInput, conv2dGradWeight])(
  "Dawn compiles the tensor-core rungs of $name, and takes what they bind",
  async (kernel) => {
    for (const rung of kernel.rungs.filter(usesMatrixUnits)) {
      const adapter = await nullAdapter();
      const gpu = await adapter.requestDevice({ requiredFeatures: rung.features! });
      for (const shape of rung.id.endsWith("-matrix-direct") ? halves : [...shapes, ...halves]) {
        const own = rung.tiles ? tile : undefined;
        expect(whyUnsupported(rung, shape, device, own)).toBeNull();
        const plan = planKernel(kernel, shape, { device, rung: rung.id, tile: own });
        const specs = Object.entries({ ...plan.tensors, ...plan.scratch });
        const buffers = new Map(
          specs.map(([name, spec]) => {
            return [name, gpu.createBuffer({ size: allocationBytes(spec), usage: GPUBufferUsage.STORAGE })];
          }),
        );
        const params = gpu.createBuffer({ size: 256, usage: GPUBufferUsage.UNIFORM });
        gpu.pushErrorScope("validation");
        const encoder = gpu.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (const { wgsl, entryPoint, bindings, workgroups } of plan.dispatches) {
          const module = gpu.createShaderModule({ code: wgsl });
          const { messages } = await module.getCompilationInfo();
          expect(messages.map(({ lineNum, message }) => `${lineNum}: ${message}`)).toEqual([]);
          const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module, entryPoint } });
          const entries = bindings.map(({ name, binding }) => ({ binding, resource: buffers.get(name) ?? params }));
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
          pass.dispatchWorkgroups(...workgroups);
        }
        pass.end();
        encoder.finish();
        expect((await gpu.popErrorScope())?.message).toBeUndefined();
      }
      gpu.destroy();
    }
  },
);

import { conv2dForward, conv2dGradInput, conv2dGradWeight } from "@fledge/conv2d";
import { nullAdapter } from "@fledge/runtime/src/adapter/instance.ts";
import { expect, it } from "vitest";

it.each([conv2dForward, conv2dGradInput, conv2dGradWeight])(
  "Dawn compiles the tensor-core rung of $name",
  async ({ rungs }) => {
    const rung = rungs.find(({ id }) => id.endsWith("-subgroup-matrix"))!;
    const adapter = await nullAdapter();
    const device = await adapter.requestDevice({ requiredFeatures: rung.features! });
    const module = device.createShaderModule({ code: rung.module.source });
    const { messages } = await module.getCompilationInfo();
    expect(messages.map(({ lineNum, message }) => `${lineNum}: ${message}`)).toEqual([]);
    for (const { entryPoint } of rung.passes) {
      await expect(
        device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint } }),
      ).resolves.toBeDefined();
    }
    device.destroy();
  },
);

import type { Dispatch } from "./kernel.ts";

/** A dispatch with everything the encoder needs; made once, encoded every step. */
export interface PreparedDispatch {
  readonly dispatch: Dispatch;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
}

/** Records one dispatch into a pass. */
export function encodeDispatch(pass: GPUComputePassEncoder, { dispatch, pipeline, bindGroup }: PreparedDispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...dispatch.workgroups);
}

import { dawn } from "../../src/adapter/instance.ts";
import { Gpu } from "../../src/gpu.ts";

export interface GpuAndDevice {
  readonly gpu: Gpu;
  readonly device: GPUDevice;
}

/** Opens an adapter and catches the device that it gives, which `Gpu` shows nobody: to make WebGPU fail, or to watch it. */
export async function openWithDevice(): Promise<GpuAndDevice> {
  await dawn.favourite(undefined); // WebGPU's classes are globals from then on.
  const original = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "requestDevice")!;
  let device: GPUDevice | undefined;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, ...args) {
    return (device = await (original.value as GPUAdapter["requestDevice"]).apply(this, args));
  };
  try {
    const gpu = await Gpu.open();
    return { gpu, device: device! };
  } finally {
    Object.defineProperty(GPUAdapter.prototype, "requestDevice", original);
  }
}

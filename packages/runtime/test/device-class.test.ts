import { expect, it } from "vitest";
import { deviceClassOf } from "../src/adapter/device-class.ts";

const classOf = (vendor: string, device: string, more: Partial<GPUAdapterInfo> = {}): string =>
  deviceClassOf({
    vendor,
    device,
    architecture: "",
    description: "",
    isFallbackAdapter: false,
    ...more,
  } as GPUAdapterInfo);

it.each([
  ["nvidia", "nvidia-h200"],
  ["nvidia", "nvidia-geforce-rtx-4090"],
  ["nvidia", "NVIDIA GB100"],
  ["amd", "amd-radeon-rx-6800-xt-(radv-navi21)"],
  ["amd", "amd-radeon-pro-w7900-(radv-navi31)"],
  ["amd", "amd-instinct-mi300x"],
  ["intel", "intel(r)-arc(tm)-a770-graphics-(dg2)"],
  ["intel", "intel(r)-arc(tm)-pro-b60-graphics"],
  ["intel", "intel-r-data-center-gpu-max-1550"],
])("%s %s is discrete", (vendor, device) => expect(classOf(vendor, device)).toBe("discrete"));

it.each([
  ["nvidia", "nvidia-tegra-orin-(nvgpu)"],
  ["nvidia", "nvidia-gb10"],
  ["amd", "amd-radeon-graphics-(radv-renoir)"],
  ["amd", "amd-radeon-780m-graphics-(radv-phoenix)"],
  ["amd", "amd-radeon(tm)-vega-8-graphics"],
  ["intel", "intel(r)-arc(tm)-graphics-(mtl)"],
  ["intel", "intel(r)-arc(tm)-140v-gpu-(lnl)"],
  ["intel", "intel(r)-uhd-graphics-770-(adl-s-gt1)"],
  ["apple", "apple-m4-max"],
  ["qualcomm", "adreno-(tm)-740"],
  ["", ""],
])("%s %s is integrated", (vendor, device) => expect(classOf(vendor, device)).toBe("integrated"));

it.each([
  ["mesa", "llvmpipe-llvm-15-0-6-256-bits-", { isFallbackAdapter: true }],
  ["mesa", "llvmpipe-llvm-15-0-6-256-bits-", {}],
  ["google", "swiftshader-device-(subzero)", {}],
  ["microsoft", "microsoft-basic-render-driver", { description: "Microsoft Basic Render Driver" }],
] as const)("%s %s %j computes on the CPU", (vendor, device, more) =>
  expect(classOf(vendor, device, more)).toBe("software"),
);

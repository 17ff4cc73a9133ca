import type { DeviceTraits } from "../device-traits.ts";

type DeviceClass = DeviceTraits["deviceClass"];

const softwareNames = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** Whether the name is of a card, by vendor as Dawn spells it; the GPUs of other vendors share the system's memory. */
const cards: Readonly<Record<string, (name: string) => boolean>> = {
  // Tegra's boards and the GB10 have their GPU beside the CPU.
  nvidia: (name) => !/tegra|orin|xavier|thor|gb10\b/.test(name),
  // "Radeon RX 7600", "Radeon PRO W7900", "Instinct MI300"; an APU is a "Radeon Graphics", "Radeon 780M" or "Vega 8".
  amd: (name) => /\b(rx|pro|vii|instinct|firepro)\b/.test(name),
  // "Arc A770", "Arc Pro B60", "Data Center GPU Max"; a processor's own is "Arc Graphics", "Arc 140V", "Iris Xe" or "UHD".
  intel: (name) => /\barc\b.*\b[ab]\d{2,3}m?\b|data center gpu/.test(name),
};

/**
 * Which kind of device an adapter is. WebGPU says only whether it computes on the CPU, and Dawn's Node bindings keep
 * Vulkan's device type to themselves, so that a card is told by its vendor and name. What neither tells is
 * "integrated", the class with the more modest defaults.
 */
export function deviceClassOf({
  vendor,
  architecture,
  device,
  description,
  isFallbackAdapter,
}: GPUAdapterInfo): DeviceClass {
  if (isFallbackAdapter || softwareNames.test(`${device} ${description} ${architecture}`)) return "software";
  // Dawn writes a name's other characters as dashes.
  const name = device.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ");
  return cards[vendor.toLowerCase()]?.(name) ? "discrete" : "integrated";
}

import { create, globals } from "webgpu";
import { AdapterNotFoundError } from "../errors.ts";
import { chooseDriver } from "./driver-choice.ts";
import type { AdapterSource } from "./source.ts";

/**
 * Dawn instances by the adapter they are bound to, "" for none. Dawn aborts or hangs the process when what `create`
 * returns is collected while a device of it lives, so none is ever dropped.
 */
const instances = new Map<string, GPU>();

/**
 * Timestamps are not quantised, because only our own shaders run here. Dawn hides shader-f16 on NVIDIA's Vulkan driver, as
 * conformance tests of its own fail there; what our rungs need of it is held against the golden cases.
 */
const switches = [
  "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia",
  "disable-dawn-features=timestamp_quantization",
];

/** Longer than any adapter's name, so that it is part of none. */
const noSuchName = "?".repeat(512);

/** @throws AdapterNotFoundError where the environment names a driver that is not there */
function instanceFor(name: string): GPU {
  Object.assign(globalThis, globals);
  let instance = instances.get(name);
  if (!instance) {
    const problem = chooseDriver();
    if (problem !== null) throw new AdapterNotFoundError(problem);
    instance = create(name === "" ? switches : [...switches, `adapter=${name}`]);
    instances.set(name, instance);
  }
  return instance;
}

/** This machine's adapters, through Dawn. */
export const dawn: AdapterSource = {
  favourite: (power) =>
    instanceFor("")
      .requestAdapter(power === undefined ? {} : { powerPreference: power })
      .catch(() => null),
  // WebGPU has no call for it, but Dawn's bindings list the names in the error for an unknown one (webgpu's README).
  names: async () => {
    const text = await instanceFor(noSuchName)
      .requestAdapter()
      .then(
        () => "",
        (error: Error) => error.message,
      );
    return [...new Set([...text.matchAll(/ name: '(.*)'$/gm)].map((match) => match[1]!))];
  },
  named: (name) =>
    instanceFor(name)
      .requestAdapter()
      .catch(() => null),
};

/**
 * Dawn's null backend, which computes nothing, has every feature and compiles WGSL as any other adapter: what a module
 * for hardware that is not there can be checked with.
 */
export async function nullAdapter(): Promise<GPUAdapter> {
  Object.assign(globalThis, globals);
  const instance = create([...switches, "backend=null"]);
  instances.set("backend=null", instance);
  return (await instance.requestAdapter())!;
}

import { create, globals } from "webgpu";

/**
 * Dawn instances by the adapter they are bound to, "" for none. Dawn aborts or hangs the process when what `create`
 * returns is collected while a device of it lives, so none is ever dropped.
 */
const instances = new Map<string, GPU>();

/** Timestamps are not quantised, because only our own shaders run here. */
const switches = ["enable-dawn-features=allow_unsafe_apis", "disable-dawn-features=timestamp_quantization"];

/** Longer than any adapter's name, so that it is part of none. */
const noSuchName = "?".repeat(512);

function instanceFor(name: string): GPU {
  Object.assign(globalThis, globals);
  let instance = instances.get(name);
  if (!instance) {
    instance = create(name === "" ? switches : [...switches, `adapter=${name}`]);
    instances.set(name, instance);
  }
  return instance;
}

/** The adapter that Dawn prefers, or null where the machine has none. */
export async function favouriteAdapter(power: GPUPowerPreference | undefined): Promise<GPUAdapter | null> {
  return instanceFor("").requestAdapter(power === undefined ? {} : { powerPreference: power }).catch(() => null);
}

/** The adapter with a name that `adapterNames` gave, or null if it will not open. */
export async function adapterNamed(name: string): Promise<GPUAdapter | null> {
  return instanceFor(name).requestAdapter().catch(() => null);
}

/**
 * The names of all adapters of the machine in Dawn's order, hardware before software. WebGPU itself has no call for
 * it; Dawn's bindings list the names in the error for a name that does not exist (webgpu's README, "adapter").
 */
export async function adapterNames(): Promise<string[]> {
  const text = await instanceFor(noSuchName).requestAdapter().then(() => "", (error: Error) => error.message);
  return [...new Set([...text.matchAll(/ name: '(.*)'$/gm)].map((match) => match[1]!))];
}

import { create, globals } from "webgpu";
import { AdapterNotFoundError } from "./errors.ts";

export interface AdapterOptions {
  /** Part of an adapter's name, as `fledge doctor` prints it; case is ignored. */
  readonly adapter?: string | undefined;
  readonly power?: GPUPowerPreference | undefined;
  /** Whether an adapter that computes on the CPU will do; allowed by default. */
  readonly software?: "allow" | "forbid" | "require" | undefined;
}

/** An adapter in words and plain data. */
export interface AdapterDescription {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  readonly software: boolean;
  readonly subgroupSize: number;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

export interface OpenAdapter {
  readonly adapter: GPUAdapter;
  readonly description: AdapterDescription;
}

// Dawn aborts the process when the object that create() returns is collected while the device lives: it stays here.
let instance: GPU | undefined;

/** Dawn switches for every instance; timestamps are not quantised because only our own shaders run here. */
const instanceOptions = ["enable-dawn-features=allow_unsafe_apis", "disable-dawn-features=timestamp_quantization"];

const softwareNames = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

function describe(adapter: GPUAdapter): AdapterDescription {
  const info = adapter.info;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = (adapter.limits as unknown as Record<string, unknown>)[name];
    if (typeof value === "number") limits[name] = value;
  }
  return {
    name: info.device || info.description || info.architecture || "unnamed adapter",
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    software: info.isFallbackAdapter || softwareNames.test(`${info.device} ${info.description} ${info.architecture}`),
    subgroupSize: adapter.features.has("subgroups") ? (info.subgroupMinSize ?? 1) : 1,
    features: [...adapter.features].sort(),
    limits,
  };
}

const mend =
  "Run `node tools/bootstrap.mjs`, which installs Mesa's software Vulkan driver on Debian and Ubuntu; elsewhere install " +
  "your GPU's Vulkan driver or Mesa's `lavapipe`, and see `fledge doctor`.";

/** The adapters that Dawn offers when asked plainly and for each power preference, without repeats. */
export async function listAdapters(): Promise<OpenAdapter[]> {
  Object.assign(globalThis, globals);
  instance ??= create(instanceOptions);
  const found = new Map<string, OpenAdapter>();
  for (const power of [undefined, "high-performance", "low-power"] as const) {
    const adapter = await instance.requestAdapter(power === undefined ? {} : { powerPreference: power });
    if (!adapter) continue;
    const description = describe(adapter);
    if (!found.has(description.name)) found.set(description.name, { adapter, description });
  }
  return [...found.values()];
}

async function byName(name: string): Promise<OpenAdapter | undefined> {
  // Dawn picks among all adapters of the machine by a part of the name; requestAdapter alone shows only its favourite.
  let chosen: GPU;
  try {
    chosen = create([...instanceOptions, `adapter=${name}`]);
  } catch {
    return undefined;
  }
  const adapter = await chosen.requestAdapter().catch(() => null);
  if (!adapter) return undefined;
  instance = chosen;
  return { adapter, description: describe(adapter) };
}

/**
 * Chooses the adapter that `options` ask for.
 * @throws AdapterNotFoundError which lists the adapters there are
 */
export async function findAdapter(options: AdapterOptions = {}): Promise<OpenAdapter> {
  const offered = await listAdapters();
  const list = offered.map(({ description }) => `"${description.name}"${description.software ? " (software)" : ""}`).join(", ");
  if (offered.length === 0) throw new AdapterNotFoundError(`no WebGPU adapter on this machine. ${mend}`);
  const wanted = options.adapter;
  const named = wanted === undefined ? undefined : offered.find((a) => a.description.name.toLowerCase().includes(wanted.toLowerCase()));
  const candidates = wanted === undefined ? offered : [named ?? (await byName(wanted))].filter((a) => a !== undefined);
  if (candidates.length === 0) throw new AdapterNotFoundError(`no adapter is called "${wanted}"; there is ${list}`);
  const rule = options.software ?? "allow";
  const allowed = candidates.filter(({ description }) => rule === "allow" || description.software === (rule === "require"));
  if (allowed.length === 0) {
    const kind = rule === "forbid" ? "hardware" : "software";
    throw new AdapterNotFoundError(`no ${kind} adapter among those asked for; there is ${list}. ${rule === "require" ? mend : ""}`.trim());
  }
  if (options.power !== undefined && wanted === undefined) {
    const adapter = await instance!.requestAdapter({ powerPreference: options.power });
    const description = adapter ? describe(adapter) : undefined;
    if (adapter && description && allowed.some((a) => a.description.name === description.name)) return { adapter, description };
  }
  return allowed[0]!;
}

import { door } from "#door";
import { AdapterNotFoundError } from "../errors.ts";
import { describeAdapter, type AdapterDescription } from "./describe.ts";
import type { AdapterSource } from "./source.ts";

export interface AdapterOptions {
  /** Part of an adapter's name, as `fledge doctor` prints it; case and punctuation are ignored. */
  readonly adapter?: string | undefined;
  /** Which adapter Dawn prefers where no name is given. */
  readonly power?: GPUPowerPreference | undefined;
  /** Whether an adapter that computes on the CPU will do; allowed by default. */
  readonly software?: "allow" | "forbid" | "require" | undefined;
}

export interface OpenAdapter {
  readonly adapter: GPUAdapter;
  readonly description: AdapterDescription;
}

/** `llvmpipe (LLVM 15.0.6, 256 bits)` as WebGPU spells it in `GPUAdapterInfo`: `llvmpipe-llvm-15-0-6-256-bits-`. */
const normalise = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

const open = (adapter: GPUAdapter): OpenAdapter => ({ adapter, description: describeAdapter(adapter) });

async function openNamed(source: AdapterSource, names: readonly string[]): Promise<OpenAdapter[]> {
  const adapters = await Promise.all(names.map(source.named));
  return adapters.filter((adapter) => adapter !== null).map(open);
}

/** All adapters of the machine, those that compute on the CPU last. */
export async function listAdapters(source: AdapterSource = door.adapters): Promise<OpenAdapter[]> {
  return openNamed(source, await source.names());
}

const inWords = (adapters: readonly OpenAdapter[]): string =>
  adapters.map(({ description }) => `"${description.name}"${description.software ? " (software)" : ""}`).join(", ");

/** Adapters in order of preference. Without a name, others than WebGPU's favourite open only if it will not do. */
async function* candidates(
  { adapter: wanted, power }: AdapterOptions,
  source: AdapterSource,
): AsyncGenerator<OpenAdapter> {
  if (wanted === undefined) {
    const adapter = await source.favourite(power);
    if (adapter) yield open(adapter);
    yield* await listAdapters(source);
  } else {
    const names = await source.names();
    yield* await openNamed(
      source,
      names.filter((name) => normalise(name).includes(normalise(wanted))),
    );
  }
}

/**
 * Chooses the adapter that `options` ask for.
 * @throws AdapterNotFoundError which lists the adapters there are
 */
export async function findAdapter(
  options: AdapterOptions = {},
  source: AdapterSource = door.adapters,
): Promise<OpenAdapter> {
  const { adapter: wanted, software = "allow" } = options;
  let named = false;
  for await (const candidate of candidates(options, source)) {
    named = true;
    if (software === "allow" || candidate.description.software === (software === "require")) return candidate;
  }
  const all = await listAdapters(source);
  if (all.length === 0) throw new AdapterNotFoundError(`no WebGPU adapter on this machine. ${door.noAdapterMend}`);
  if (!named) throw new AdapterNotFoundError(`no adapter is called "${wanted}"; there is ${inWords(all)}`);
  const kind = software === "forbid" ? "hardware" : "software";
  const among = wanted === undefined ? "" : ` called "${wanted}"`;
  throw new AdapterNotFoundError(
    `no ${kind} adapter${among}; there is ${inWords(all)}.${software === "require" ? ` ${door.noAdapterMend}` : ""}`,
  );
}

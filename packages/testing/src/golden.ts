import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, type StoredTensor } from "@fledge/safetensors";

/** The folder of the golden cases: test/conformance/cases of this repository; FORMAT.md beside it defines them. */
const goldenCasesDirectory = join(import.meta.dirname, "../../../test/conformance/cases");

interface CaseFile<Attributes> {
  readonly name: string;
  readonly op: string;
  readonly attributes: Attributes;
  /** Tensors to feed the forward pass. */
  readonly inputs: readonly string[];
  /** Tensors whose stored values are expected. */
  readonly outputs: readonly string[];
  /** Input name -> name of the tensor with its expected gradient. */
  readonly gradients: Readonly<Record<string, string>>;
  readonly tolerance: {
    readonly relative: number;
    readonly overrides?: Readonly<Record<string, number>>;
    readonly floors?: Readonly<Record<string, number>>;
  };
  readonly notes?: string;
  readonly optional?: boolean;
}

/** One golden case: what case.json says, and its tensors by name. */
export interface GoldenCase<Attributes = Readonly<Record<string, unknown>>> extends CaseFile<Attributes> {
  readonly directory: string;
  /** The stored shape of a tensor. Throws if the case has no such tensor. */
  shape(tensor: string): readonly number[];
  /** A stored F32 tensor. Throws if it is missing or of another type. */
  float32(tensor: string): Float32Array<ArrayBuffer>;
  /** A stored I32 tensor. Throws if it is missing or of another type. */
  int32(tensor: string): Int32Array<ArrayBuffer>;
  /** A stored U8 tensor. Throws if it is missing or of another type. */
  uint8(tensor: string): Uint8Array<ArrayBuffer>;
  /** The relative error allowed for a tensor: its override, else the longest `prefix*` override, else the case's. */
  toleranceOf(tensor: string): number;
  /** The least norm `relativeError` divides by for a tensor. */
  floorOf(tensor: string): number;
}

/** Directories of the golden cases under `root`, in name order; with `op` only the cases of that op. */
export function listCases(op?: string, root = goldenCasesDirectory): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .sort()
    .filter((directory) => op === undefined || readCaseFile(directory).op === op);
}

/** Reads one golden case. Throws if a file is missing, or an output or gradient it names is not stored. */
export function loadCase<Attributes = Readonly<Record<string, unknown>>>(directory: string): GoldenCase<Attributes> {
  const file = readCaseFile<Attributes>(directory);
  const tensorFile = join(directory, "tensors.safetensors");
  const { tensors } = decodeSafetensors(readFileSync(tensorFile), tensorFile);
  const find = (name: string): StoredTensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`${directory}: no tensor ${name} is stored`);
    return tensor;
  };
  [...file.inputs, ...file.outputs, ...Object.values(file.gradients)].forEach(find);

  function typed<T extends StoredTensor["data"]>(name: string, ArrayType: new (length: number) => T): T {
    const { data } = find(name);
    if (!(data instanceof ArrayType)) throw new Error(`${directory}: tensor ${name} is not a ${ArrayType.name}`);
    return data;
  }
  const { relative, overrides = {}, floors = {} } = file.tolerance;
  return {
    ...file,
    directory,
    shape: (name) => find(name).shape,
    float32: (name) => typed<Float32Array<ArrayBuffer>>(name, Float32Array),
    int32: (name) => typed<Int32Array<ArrayBuffer>>(name, Int32Array),
    uint8: (name) => typed<Uint8Array<ArrayBuffer>>(name, Uint8Array),
    floorOf: (name) => floors[name] ?? 1e-12,
    toleranceOf(name) {
      if (overrides[name] !== undefined) return overrides[name];
      const [prefix] = Object.keys(overrides)
        .filter((key) => key.endsWith("*") && name.startsWith(key.slice(0, -1)))
        .sort((a, b) => b.length - a.length);
      return (prefix === undefined ? undefined : overrides[prefix]) ?? relative;
    },
  };
}

function readCaseFile<Attributes>(directory: string): CaseFile<Attributes> {
  return JSON.parse(readFileSync(join(directory, "case.json"), "utf8")) as CaseFile<Attributes>;
}

/**
 * ||out - ref||2 / max(||ref||2, floor) in float64 over all elements; NaN if `out` holds one, so compare with
 * `!(error <= tolerance)`. Throws if the lengths differ.
 */
export function relativeError(out: ArrayLike<number>, ref: ArrayLike<number>, floor = 1e-12): number {
  if (out.length !== ref.length) throw new Error(`${out.length} values were given, ${ref.length} are expected`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < ref.length; i += 1) {
    difference += (out[i]! - ref[i]!) ** 2;
    norm += ref[i]! ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), floor);
}

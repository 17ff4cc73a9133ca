import { readFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoFile } from "@fledge/files";
import { decodeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { z } from "zod";

const caseSchema = z.object({
  name: z.string(),
  op: z.string(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  gradients: z.record(z.string(), z.string()).default({}),
  tolerance: z.object({
    relative: z.number(),
    overrides: z.record(z.string(), z.number()).default({}),
    floors: z.record(z.string(), z.number()).default({}),
    bytes: z.object({ mean_abs: z.number(), max_abs: z.number() }).optional(),
  }),
  optional: z.boolean().default(false),
});

type CaseFile = z.infer<typeof caseSchema>;

/** The `case.json` of a case's folder. @throws where it is not what the format says */
export function readCaseFile(directory: string): CaseFile {
  const path = join(directory, "case.json");
  const wrong = whyNoFile(path);
  if (wrong !== null) throw new Error(`${path}: ${wrong}`);
  const text = readFileSync(path, "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = caseSchema.safeParse(json);
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** One golden case: what is to be computed, from what, and what PyTorch or Pillow made of it. */
export class GoldenCase<Attributes = unknown> {
  readonly directory: string;
  readonly name: string;
  readonly op: string;
  /** As stored; `attributesAs` checks them. */
  readonly attributes: Attributes;
  /** Tensors to feed the forward pass. */
  readonly inputs: readonly string[];
  /** Tensors whose stored values are expected. */
  readonly outputs: readonly string[];
  /** Input name -> name of the tensor with its expected gradient. */
  readonly gradients: Readonly<Record<string, string>>;
  /** Skipped, not failed, where what it needs does not exist here. */
  readonly optional: boolean;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly #tolerance: CaseFile["tolerance"];

  constructor(directory: string) {
    const file = readCaseFile(directory);
    const path = join(directory, "tensors.safetensors");
    this.directory = directory;
    this.name = file.name;
    this.op = file.op;
    this.attributes = file.attributes as Attributes;
    this.inputs = file.inputs;
    this.outputs = file.outputs;
    this.gradients = file.gradients;
    this.optional = file.optional;
    this.#tolerance = file.tolerance;
    this.tensors = decodeSafetensors(readFileSync(path), path).tensors;
    for (const name of [...this.inputs, ...this.outputs, ...Object.values(this.gradients)]) this.tensor(name);
  }

  /** The attributes, checked. @throws where they are not what `schema` says */
  attributesAs<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.attributes);
    if (!parsed.success) throw new Error(`attributes: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  /** @throws if it is not stored */
  tensor(name: string): StoredTensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`${this.directory}: no tensor ${name} is stored`);
    return tensor;
  }

  #typed<T extends StoredTensor["data"]>(name: string, ArrayType: new (length: number) => T): T {
    const { data } = this.tensor(name);
    if (!(data instanceof ArrayType)) throw new Error(`${this.directory}: tensor ${name} is not a ${ArrayType.name}`);
    return data;
  }

  /** The stored shape of a tensor. @throws if it is not stored */
  shape(name: string): readonly number[] {
    return this.tensor(name).shape;
  }

  /** A stored F32 tensor. @throws if it is missing or of another type */
  float32(name: string): Float32Array<ArrayBuffer> {
    return this.#typed<Float32Array<ArrayBuffer>>(name, Float32Array);
  }

  /** A stored I32 tensor. @throws if it is missing or of another type */
  int32(name: string): Int32Array<ArrayBuffer> {
    return this.#typed<Int32Array<ArrayBuffer>>(name, Int32Array);
  }

  /** A stored U8 tensor. @throws if it is missing or of another type */
  uint8(name: string): Uint8Array<ArrayBuffer> {
    return this.#typed<Uint8Array<ArrayBuffer>>(name, Uint8Array);
  }

  /** The relative error allowed for a tensor: its override, else the longest `prefix*` override, else the case's. */
  toleranceOf(name: string): number {
    const { relative, overrides } = this.#tolerance;
    const [prefix] = Object.keys(overrides)
      .filter((key) => key.endsWith("*") && name.startsWith(key.slice(0, -1)))
      .sort((a, b) => b.length - a.length);
    return overrides[name] ?? (prefix === undefined ? relative : overrides[prefix]!);
  }

  /** By how much U8 outputs may differ, in bytes: on average and at most. Without it every byte must be equal. */
  get byteTolerance(): { readonly meanAbs: number; readonly maxAbs: number } | undefined {
    const { bytes } = this.#tolerance;
    return bytes && { meanAbs: bytes.mean_abs, maxAbs: bytes.max_abs };
  }

  /** The least norm that `relativeError` divides by for a tensor. */
  floorOf(name: string): number {
    return this.#tolerance.floors[name] ?? 1e-12;
  }
}

/** Reads a case's folder. @throws if a file is missing or wrong, or a tensor that it names is not stored */
export const loadCase = <Attributes = unknown>(directory: string): GoldenCase<Attributes> =>
  new GoldenCase<Attributes>(directory);

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, type StoredTensor } from "@fledge/safetensors";
import { z } from "zod";

const caseSchema = z.object({
  name: z.string(),
  op: z.string(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** Input name -> name of the tensor with the expected gradient. */
  gradients: z.record(z.string(), z.string()).default({}),
  tolerance: z.object({
    relative: z.number(),
    overrides: z.record(z.string(), z.number()).default({}),
    floors: z.record(z.string(), z.number()).default({}),
  }),
  notes: z.string().optional(),
  /** Skipped, not failed, where what it needs does not exist here. */
  optional: z.boolean().default(false),
});

type CaseFile = z.infer<typeof caseSchema>;

async function readCaseFile(path: string): Promise<CaseFile> {
  const text = await readFile(path, "utf8");
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
export class ConformanceCase {
  readonly file: CaseFile;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(file: CaseFile, tensors: ReadonlyMap<string, StoredTensor>) {
    this.file = file;
    this.#tensors = tensors;
  }

  /** Reads `case.json` and `tensors.safetensors` of a folder. @throws where either is not what the format says */
  static async read(directory: string): Promise<ConformanceCase> {
    const file = await readCaseFile(join(directory, "case.json"));
    const { tensors } = await readSafetensors(join(directory, "tensors.safetensors"));
    return new ConformanceCase(file, tensors);
  }

  get names(): Iterable<string> {
    return this.#tensors.keys();
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`the case stores no tensor "${name}"`);
    return tensor;
  }

  float32(name: string): { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> } {
    const { shape, data } = this.tensor(name);
    if (!(data instanceof Float32Array)) throw new Error(`tensor "${name}" is not F32`);
    return { shape, data };
  }

  int32(name: string): { readonly shape: readonly number[]; readonly data: Int32Array<ArrayBuffer> } {
    const { shape, data } = this.tensor(name);
    if (!(data instanceof Int32Array)) throw new Error(`tensor "${name}" is not I32`);
    return { shape, data };
  }

  /** An attribute checked against `schema`. */
  attributes<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.file.attributes);
    if (!parsed.success) throw new Error(`attributes: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  toleranceOf(name: string): number {
    const { relative, overrides } = this.file.tolerance;
    if (overrides[name] !== undefined) return overrides[name];
    const prefix = Object.keys(overrides)
      .filter((key) => key.endsWith("*") && name.startsWith(key.slice(0, -1)))
      .sort((a, b) => b.length - a.length)[0];
    return prefix === undefined ? relative : overrides[prefix]!;
  }

  floorOf(name: string): number {
    return this.file.tolerance.floors[name] ?? 1e-12;
  }
}

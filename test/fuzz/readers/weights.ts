import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWeights } from "@fledge/orchestrator/src/stages/initial-weights.ts";
import { WeightsError } from "@fledge/orchestrator/src/stages/weights-error.ts";
import { torchFile } from "@fledge/orchestrator/test/torch-file.ts";
import { decodeSafetensors, encodeSafetensors, SafetensorsError, type StoredTensor } from "@fledge/safetensors";
import { decodeTorchWeights, TorchWeightsError } from "@fledge/torch-weights";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const packages = join(import.meta.dirname, "../../../packages");
const fixture = (file: string): Buffer => readFileSync(join(packages, file));
const origin = "weights.file";

function digestOf(tensors: ReadonlyMap<string, StoredTensor>): string {
  const parts = [...tensors].flatMap(([name, { shape, data }]) => [
    name,
    `${data.constructor.name}[${shape.join(",")}]`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return digest(...parts);
}

const small = new Map<string, StoredTensor>([
  ["conv1.weight", { shape: [2, 1, 3, 3], data: Float32Array.from({ length: 18 }, (_, at) => at / 7) }],
  ["bn1.num_batches_tracked", { shape: [], data: BigInt64Array.of(12n) }],
  ["fc.bias", { shape: [0], data: new Float32Array(0) }],
]);

interface PlainEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of each tensor by the header's ranges, read with JSON.parse alone; half-precision ones are left out. */
function plainly(bytes: Buffer): string {
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<string, PlainEntry>;
  const parts = Object.entries(header).flatMap(([name, { dtype, shape, data_offsets: offsets }]) => {
    if (name === "__metadata__" || /F16/.test(dtype)) return [];
    return [name, `[${shape.join(",")}]`, bytes.subarray(start + offsets[0], start + offsets[1])];
  });
  return digest(...parts);
}

const isHalf = (bytes: Buffer, name: string): boolean => {
  const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString();
  return /F16/.test((JSON.parse(header) as Record<string, PlainEntry>)[name]!.dtype);
};

/** Reads a file, and holds what came of it against what its header's ranges name. */
function readSafely(bytes: Buffer): string {
  const { tensors, metadata } = decodeSafetensors(bytes, origin);
  const parts = [...tensors].flatMap(([name, { shape, data }]) =>
    isHalf(bytes, name)
      ? []
      : [name, `[${shape.join(",")}]`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
  );
  if (plainly(bytes) !== digest(...parts)) throw new TypeError("what was read is not what the header names");
  return digest(digestOf(tensors), JSON.stringify(metadata));
}

const wholeFiles = [
  encodeSafetensors(small),
  encodeSafetensors(small, { format: "pt", progress: '{"epochsDone":2}' }),
  fixture("safetensors/test/fixtures/reference.safetensors"),
];

const refusedBy = { refusals: [SafetensorsError], origin, checked: () => false };

export const safetensors: Reader = { ...refusedBy, name: "safetensors", seeds: wholeFiles, read: readSafely };

const [first] = wholeFiles as [Buffer];
const headerEnd = 8 + Number(first.readBigUInt64LE());

/** A header alone, with its true length before it and the data behind it, so that its text is what is judged. */
export const safetensorsHeader: Reader = {
  ...refusedBy,
  name: "safetensors-header",
  seeds: [first.subarray(8, headerEnd)],
  read(header) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return readSafely(Buffer.concat([length, header, first.subarray(headerEnd)]));
  },
};

/** Whether a zip's directory gives a checksum for every entry that has bytes; 0 is none. */
function hasChecksums(bytes: Buffer): boolean {
  const mark = Buffer.from("PK\x01\x02", "latin1");
  for (let at = bytes.indexOf(mark); at !== -1 && at + 28 <= bytes.length; at = bytes.indexOf(mark, at + 4))
    if (bytes.readUInt32LE(at + 16) === 0 && bytes.readUInt32LE(at + 24) > 0) return false;
  return true;
}

const torch = (name: string, checked: Reader["checked"]): Reader => ({
  name: `torch-${name}`,
  seeds: [fixture(`torch-weights/test/fixtures/${name}.pth`)],
  read: async (bytes) => digestOf((await decodeTorchWeights(bytes, origin)).tensors),
  refusals: [TorchWeightsError],
  origin,
  checked,
});

export const torchZip = torch("zip", hasChecksums);
export const torchLegacy = torch("legacy", () => false);

const weightsFile = join(scratch, "weights");

const doubles: StoredTensor = { shape: [2], data: Float64Array.of(0.1, -2) };
const wrapped = (...prefixes: readonly string[]): Map<string, StoredTensor> =>
  new Map(
    prefixes.flatMap((prefix) =>
      [...small, ["double", doubles] as const].map(([name, tensor]) => [prefix + name, tensor]),
    ),
  );

/** Initial weights as `--weights` takes them: either format, names behind wrappers, floats of any width. */
export const weights: Reader = {
  name: "weights",
  seeds: [
    encodeSafetensors(wrapped("")),
    encodeSafetensors(wrapped("module._orig_mod.")),
    torchFile(wrapped("")),
    torchFile(wrapped("ema_model.")),
  ],
  async read(bytes) {
    writeFileSync(weightsFile, bytes);
    return digestOf(await readWeights(weightsFile));
  },
  refusals: [SafetensorsError, TorchWeightsError, WeightsError],
  origin: weightsFile,
  checked: () => false,
};

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors, SafetensorsError, type StoredTensor } from "@fledge/safetensors";
import { decodeTorchWeights, TorchWeightsError } from "@fledge/torch-weights";
import { digest, type Reader } from "../reader.ts";

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

/** The bytes that a header's ranges name, by JSON.parse alone; what the reader returns must be these. */
function plainly(bytes: Buffer): string {
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, end).toString()) as Record<string, { data_offsets: [number, number] }>;
  const covered = Object.entries(header).flatMap(([name, { data_offsets: range }]) =>
    name === "__metadata__" ? [] : [range[1] - range[0]],
  );
  return String(end + covered.reduce((sum, size) => sum + size, 0));
}

export const safetensors: Reader = {
  name: "safetensors",
  seeds: [
    encodeSafetensors(small),
    encodeSafetensors(small, { format: "pt", progress: '{"epochsDone":2}' }),
    fixture("safetensors/test/fixtures/reference.safetensors"),
  ],
  read(bytes) {
    const { tensors, metadata } = decodeSafetensors(bytes, origin);
    if (plainly(bytes) !== String(bytes.length)) throw new Error("read, though its ranges do not make up the file");
    return digest(digestOf(tensors), JSON.stringify(metadata));
  },
  refusals: [SafetensorsError],
  origin,
  checked: () => false,
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

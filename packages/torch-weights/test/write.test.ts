import type { StoredTensor } from "@fledge/safetensors";
import { expect, it } from "vitest";
import { decodeTorchWeights, encodeTorchWeights } from "../src/index.ts";
import { readStoredZip } from "../src/zip.ts";

const tensors = new Map<string, StoredTensor>([
  ["conv1.weight", { shape: [2, 3, 1, 1], data: Float32Array.of(1, -2, 3.5, 4, 5, 6) }],
  ["bn1.num_batches_tracked", { shape: [], data: BigInt64Array.of(7n) }],
  ["fc.bias", { shape: [2], data: Float32Array.of(-0, 1e-38) }],
]);
const metadata = { classes: '["Möwe","tit"]', preprocessing: "{}" };

it("comes back as it was, with its text", async () => {
  const read = await decodeTorchWeights(await encodeTorchWeights(tensors, metadata), "file");
  expect(read.tensors).toEqual(tensors);
  expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
  expect(read.metadata).toEqual(metadata);
});

it("has torch.save's layout: the pickle, the byte order, a storage for each tensor, the version", async () => {
  const bytes = await encodeTorchWeights(tensors, metadata);
  const entries = await readStoredZip(bytes);
  expect([...entries.keys()]).toEqual([
    "archive/data.pkl",
    "archive/byteorder",
    "archive/data/0",
    "archive/data/1",
    "archive/data/2",
    "archive/version",
  ]);
  expect(entries.get("archive/data/1")).toEqual(Buffer.from("0700000000000000", "hex"));
  const pickle = Buffer.from(entries.get("archive/data.pkl")!).toString("latin1");
  // Protocol 2, an OrderedDict that is filled, then its attributes set.
  const beginning = "\x80\x02ccollections\nOrderedDict\n(tR(X\x0c\0\0\0conv1.weightctorch._utils\n_rebuild_tensor_v2\n";
  expect(pickle.slice(0, beginning.length)).toBe(beginning);
  expect(pickle).toContain("u}(X\x09\0\0\0_metadata}(X\x06\0\0\0fledge}(X\x07\0\0\0classes");
  expect(pickle.slice(-5)).toBe("uuub.");
});

it("is the same bytes each time", async () => {
  expect(await encodeTorchWeights(tensors)).toEqual(await encodeTorchWeights(tensors));
});

it("refuses elements that torchvision's networks do not have", async () => {
  const bytes = new Map<string, StoredTensor>([["x", { shape: [1], data: Uint8Array.of(1) }]]);
  await expect(encodeTorchWeights(bytes)).rejects.toThrow(/tensor "x" holds neither float32 nor int64/);
});

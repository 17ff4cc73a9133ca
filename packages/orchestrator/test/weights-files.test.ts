// Files that people give as weights: read, or told what they are.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeSafetensors } from "@fledge/safetensors";
import { describe, expect, it } from "vitest";
import { readWeights } from "../src/stages/initial-weights.ts";
import { temporaryFolder } from "./folder.ts";
import { torchFile } from "./torch-file.ts";

const folder = await temporaryFolder();
const floats = (...values: number[]): { shape: number[]; data: Float32Array<ArrayBuffer> } => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const one = floats(1, -2);

async function readBytes(name: string, bytes: Uint8Array | string): Promise<ReadonlyMap<string, unknown>> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return readWeights(file);
}

describe("a file that holds no weights is told what it is", () => {
  it.each<readonly [string, Uint8Array | string, RegExp]>([
    ["page.pth", "<!DOCTYPE html><html><head><title>Virus scan warning</title></head></html>\n", /an HTML or XML page/],
    ["pointer.pth", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", /a Git LFS pointer/],
    ["empty.safetensors", "", /it is empty/],
    ["packed.pth", gzipSync("weights"), /a compressed file: unpack it/],
    ["old.pth", Buffer.concat([Buffer.alloc(257, "a"), Buffer.from("ustar\0")]), /a tar archive/],
    ["keras.pth", Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), /an HDF5 file, as Keras saves/],
    ["array.npy", Buffer.from("\x93NUMPY\x01\0", "latin1"), /a NumPy array/],
    ["language.gguf", "GGUF\x03", /a GGUF or GGML file/],
    ["network.onnx", Buffer.from("\x08\x08\x12\x07pytorch", "latin1"), /an ONNX model/],
    ["model.ckpt.data-00000-of-00001", Buffer.from([0x17, 0xa2, 9]), /a part of a TensorFlow checkpoint/],
    ["checkpoint", 'model_checkpoint_path: "model.ckpt"\n', /a TensorFlow checkpoint's list/],
    ["plain.pkl", Buffer.from("\x80\x04}q\0.", "latin1"), /a Python pickle that torch.save did not write/],
    ["model.safetensors.index.json", '{"weight_map": {}}', /JSON text, as an index/],
    ["bird.jpg", Buffer.from("\xff\xd8\xff\xe0", "latin1"), /a picture or a document/],
  ])("%s", async (name, bytes, kind) => {
    const read = readBytes(name, bytes);
    await expect(read).rejects.toThrow(kind);
    await expect(read).rejects.toThrow(join(folder, name));
  });

  it("a folder", async () => {
    await expect(readWeights(folder)).rejects.toThrow(`${folder}: it is a directory`);
  });
});

it("safetensors are read whatever their header's length is, which may begin as another format does", async () => {
  for (const length of [0x7b20, 0x0280, 0x8b1f]) {
    const whole = encodeSafetensors(new Map([["a", one]]));
    const header = Number(whole.readBigUInt64LE());
    const padded = Buffer.concat([
      whole.subarray(0, 8 + header),
      Buffer.alloc(length - header, " "),
      whole.subarray(8 + header),
    ]);
    padded.writeBigUInt64LE(BigInt(length));
    expect([...(await readBytes("long.safetensors", padded))]).toEqual([["a", one]]);
  }
});

it.each(["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model."])(
  "%s before every name is taken off in either format",
  async (prefix) => {
    const wrapped = new Map(["conv1.weight", "fc.bias"].map((name) => [prefix + name, one]));
    for (const bytes of [encodeSafetensors(wrapped), torchFile(wrapped)]) {
      expect([...(await readBytes("wrapped", bytes)).keys()]).toEqual(["conv1.weight", "fc.bias"]);
    }
  },
);

it.each([NaN, Infinity, -Infinity])(
  "%s in a tensor is found when the file is read, and the tensor named",
  async (value) => {
    const tensors = new Map([
      ["conv1.weight", one],
      ["layer2.0.conv1.weight", floats(0, value)],
    ]);
    for (const bytes of [encodeSafetensors(tensors), torchFile(tensors)]) {
      await expect(readBytes("diverged", bytes)).rejects.toThrow(
        `${join(folder, "diverged")}: tensor "layer2.0.conv1.weight" holds ${value} (element 1)`,
      );
    }
  },
);

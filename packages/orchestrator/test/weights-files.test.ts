// Files that people give as weights: read, or told what they are.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeSafetensors, type StoredTensor } from "@fledge/safetensors";
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
    ["notes.txt", "the weights are elsewhere\n", /it is text: give a file of weights/],
    ["bird.jpg", Buffer.from("\xff\xd8\xff\xe0", "latin1"), /a picture or a document/],
  ])("%s", async (name, bytes, kind) => {
    const read = readBytes(name, bytes);
    await expect(read).rejects.toThrow(kind);
    await expect(read).rejects.toThrow(join(folder, name));
  });

  it.skipIf(process.platform === "win32")("a pipe or a device, which is not read: it would never end", async () => {
    const pipe = join(folder, "pipe.pth");
    execFileSync("/usr/bin/env", ["mkfifo", pipe]);
    for (const file of [pipe, "/dev/zero"])
      await expect(readWeights(file)).rejects.toThrow(`${file}: it is a pipe or a device, not a file`);
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

describe("float64 weights, as torch's load_state_dict copies them into float32 parameters", () => {
  const doubles = (...values: number[]): { shape: number[]; data: Float64Array<ArrayBuffer> } => ({
    shape: [values.length],
    data: Float64Array.from(values),
  });
  const formats = { safetensors: encodeSafetensors, torch: torchFile };

  it.each(Object.entries(formats))("are rounded to nearest, and a note says so: %s", async (name, encode) => {
    const file = join(folder, `double.${name}`);
    // 1 + 2^-24 lies between two floats and goes to the even one; 2^-150 to 0; the largest float64 that rounds to a float.
    const largest = 3.4028235677973362e38;
    const mixed = new Map<string, StoredTensor>([
      ["conv1.weight", doubles(0.1, 1 + 2 ** -24, 2 ** -150, largest)],
      ["bn1.num_batches_tracked", { shape: [], data: BigInt64Array.of(7n) }],
      ["fc.bias", one],
    ]);
    await writeFile(file, encode(mixed));
    const notes: string[] = [];
    const read = await readWeights(file, (note) => notes.push(note));
    expect(read.get("conv1.weight")).toEqual(floats(Math.fround(0.1), 1, 0, 3.4028234663852886e38));
    expect(read.get("bn1.num_batches_tracked")).toEqual({ shape: [], data: BigInt64Array.of(7n) });
    expect(read.get("fc.bias")).toEqual(one);
    expect(notes).toEqual(["1 of its 3 tensors are float64 and are rounded to float32"]);
  });

  it.each(Object.entries(formats))("are refused by name where float32 cannot hold them: %s", async (name, encode) => {
    const file = join(folder, `range.${name}`);
    await writeFile(file, encode(new Map([["layer1.0.conv1.weight", doubles(1, -3.5e38)]])));
    await expect(readWeights(file)).rejects.toThrow(
      `${file}: tensor "layer1.0.conv1.weight" holds -3.5e+38 (element 1), which is beyond the range of float32`,
    );
    await writeFile(file, encode(new Map([["fc.bias", doubles(NaN)]])));
    await expect(readWeights(file)).rejects.toThrow(`${file}: tensor "fc.bias" holds NaN (element 0): it is damaged`);
  });

  it("no note where there are none", async () => {
    const file = join(folder, "single.safetensors");
    await writeFile(file, encodeSafetensors(new Map([["a", one]])));
    const notes: string[] = [];
    await readWeights(file, (note) => notes.push(note));
    expect(notes).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checksumKey,
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
  type StoredTensor,
} from "../src/index.ts";

const byName = (tensors: ReadonlyMap<string, StoredTensor>) => [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
const one: StoredTensor = { shape: [1], data: new Float32Array([1]) };

/** A tensor of every type that is written, with the values that are easiest to lose. */
const everything = new Map<string, StoredTensor>([
  ["u8", { shape: [3], data: new Uint8Array([0, 255, 7]) }],
  ["f32", { shape: [2, 2], data: new Float32Array([-0, NaN, Infinity, 1e-45]) }],
  ["f64", { shape: [3], data: new Float64Array([-0, 0.1, 1e300]) }],
  ["scalar", { shape: [], data: new BigInt64Array([-(2n ** 63n)]) }],
  ["i32", { shape: [1, 1, 2], data: new Int32Array([-(2 ** 31), 2 ** 31 - 1]) }],
  ["u32", { shape: [1], data: new Uint32Array([2 ** 32 - 1]) }],
  ["empty", { shape: [4, 0], data: new Float32Array(0) }],
  ["__proto__", { shape: [], data: new Uint8Array([1]) }],
  ["10", { shape: [], data: new Uint8Array([2]) }],
  ['naïve "quotes" \\ \n', { shape: [], data: new Uint8Array([3]) }],
]);

describe("encodeSafetensors", () => {
  it("gives back every type, shape, name and text", () => {
    const metadata = { format: "pt", ключ: "значение\n" };
    const decoded = decodeSafetensors(encodeSafetensors(everything, metadata), "memory");
    expect(decoded.metadata).toEqual(metadata);
    expect(byName(decoded.tensors)).toEqual(byName(everything));
  });

  it("gives back nothing from nothing", () => {
    const { tensors, metadata } = decodeSafetensors(encodeSafetensors(new Map()), "memory");
    expect([tensors.size, metadata]).toEqual([0, {}]);
  });

  it("starts the data at a multiple of eight and every tensor at one of its element size", () => {
    for (let letters = 1; letters <= 8; letters += 1) {
      const bytes = encodeSafetensors(new Map([...everything, ["x".repeat(letters), one]]));
      const headerBytes = Number(bytes.readBigUInt64LE());
      expect(headerBytes % 8).toBe(0);
      const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerBytes)) as Record<
        string,
        { data_offsets: [number, number] }
      >;
      for (const [name, { data }] of everything) {
        expect(Object.getOwnPropertyDescriptor(header, name)!.value.data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
      }
    }
  });

  it("writes a view's own elements only", () => {
    const view = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const { tensors } = decodeSafetensors(encodeSafetensors(new Map([["view", { shape: [2], data: view }]])), "memory");
    expect(tensors.get("view")!.data).toEqual(new Float32Array([1, 2]));
  });

  it("refuses a tensor whose shape and data differ, or that takes the metadata's place", () => {
    const encode = (name: string, tensor: StoredTensor) => () => encodeSafetensors(new Map([[name, tensor]]));
    expect(encode("a", { ...one, shape: [2] })).toThrow(
      new SafetensorsError('tensor "a" of shape [2] holds 1 elements'),
    );
    expect(encode("a", { ...one, shape: [-1, -1] })).toThrow("shape [-1,-1] holds 1 elements");
    expect(encode("__metadata__", one)).toThrow("cannot be called __metadata__");
  });

  it("refuses a header that no reader may read", () => {
    expect(() => encodeSafetensors(new Map(), { long: "x".repeat(2 ** 22) })).toThrow("above the bound of 4194304");
  });
});

describe("a file", () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "safetensors-"));
    file = join(directory, "weights.safetensors");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("gives back what was written", async () => {
    await writeSafetensors(file, everything, { format: "pt" });
    const { tensors, metadata } = await readSafetensors(file);
    expect(metadata).toEqual({ format: "pt", [checksumKey]: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(byName(tensors)).toEqual(byName(everything));
  });

  it("in which any bit is flipped is refused by its name", async () => {
    await writeSafetensors(file, new Map([["a", { shape: [3], data: new Float32Array([1, 2, 3]) }]]), { epoch: "7" });
    const sound = readFileSync(file);
    const key = sound.indexOf(checksumKey);
    for (let bit = 0; bit < sound.length * 8; bit += 1) {
      // A key that is no longer the checksum's is for the reader that wants one to miss.
      if (bit >= key * 8 && bit < (key + checksumKey.length) * 8) continue;
      const flipped = Buffer.from(sound);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeSafetensors(flipped, "flipped.safetensors"), `bit ${bit}`).toThrow(/^flipped.safetensors: /);
    }
  });

  it("is kept under another name when the next is written", async () => {
    const before = join(directory, "before.safetensors");
    for (const value of [1, 2]) {
      const tensors = new Map([["a", { shape: [1], data: new Float32Array([value]) }]]);
      await writeSafetensors(file, tensors, {}, before);
    }
    expect((await readSafetensors(file)).tensors.get("a")!.data).toEqual(new Float32Array([2]));
    expect((await readSafetensors(before)).tensors.get("a")!.data).toEqual(new Float32Array([1]));
  });

  it("stays as it was where writing fails, and nothing half-written stays beside it", async () => {
    await writeSafetensors(file, everything);
    const before = readFileSync(file);
    await expect(writeSafetensors(file, new Map([["a", { ...one, shape: [7] }]]))).rejects.toThrow(SafetensorsError);
    expect(readFileSync(file)).toEqual(before);
    const taken = join(directory, "taken");
    mkdirSync(taken);
    await expect(writeSafetensors(taken, everything)).rejects.toThrow("taken");
    expect(readdirSync(directory).sort()).toEqual(["taken", "weights.safetensors"]);
  });

  it("is whole at every moment while it is overwritten", async () => {
    const version = (value: number) =>
      new Map([["a", { shape: [1 << 18], data: new Float32Array(1 << 18).fill(value) }]]);
    await writeSafetensors(file, version(0));
    const writing = (async () => {
      for (const value of [1, 2, 3, 4]) await writeSafetensors(file, version(value));
    })();
    let done = false;
    void writing.finally(() => (done = true));
    let reads = 0;
    while (!done || reads === 0) {
      const { data } = (await readSafetensors(file)).tensors.get("a")!;
      expect(data.every((value) => value === data[0])).toBe(true);
      reads += 1;
    }
    await writing;
    expect((await readSafetensors(file)).tensors.get("a")!.data[0]).toBe(4);
    expect(readdirSync(directory)).toEqual(["weights.safetensors"]);
  });

  it("that is missing, a directory or cut short is refused by its name", async () => {
    await expect(readSafetensors(file)).rejects.toThrow(new SafetensorsError(`${file}: there is no such file`));
    await expect(readSafetensors(directory)).rejects.toThrow(directory);
    await expect(readSafetensors(directory)).rejects.toThrow(SafetensorsError);
    writeFileSync(file, encodeSafetensors(everything).subarray(0, -1));
    await expect(readSafetensors(file)).rejects.toThrow(file);
  });
});

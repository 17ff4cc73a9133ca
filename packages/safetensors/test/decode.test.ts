import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../src/index.ts";
import { fileBytes } from "./file-bytes.ts";

const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, "a file");
const f32 = (...values: number[]): Buffer => Buffer.from(new Float32Array(values).buffer);

describe("decodeSafetensors", () => {
  it("reads what the format's own library wrote", () => {
    const { tensors, metadata } = decode(readFileSync(join(import.meta.dirname, "fixtures/reference.safetensors")));
    expect(metadata).toEqual({ format: "pt", quote: '"\\' });
    expect(Object.fromEntries(tensors)).toEqual({
      f32: { shape: [2, 3], data: new Float32Array([0, -1.5, 3.25, 1e-40, Infinity, -2]) },
      f16: { shape: [4], data: new Float32Array([1, -2.5, 65504, 2 ** -24]) },
      bf16: { shape: [3], data: new Float32Array([1, -3.140625, Infinity]) },
      i32: { shape: [2], data: new Int32Array([-(2 ** 31), 7]) },
      i64: { shape: [], data: new BigInt64Array([2n ** 53n + 1n]) },
      u32: { shape: [1, 2], data: new Uint32Array([2 ** 32 - 1, 0]) },
      u8: { shape: [3], data: new Uint8Array([0, 127, 255]) },
      empty: { shape: [0, 5], data: new Float32Array(0) },
      Vögel: { shape: [1], data: new Uint8Array([9]) },
    });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    "reads data that starts %i bytes after a multiple of eight, into memory of its own",
    (offset) => {
      const header = JSON.stringify({
        a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
        b: { dtype: "I64", shape: [], data_offsets: [8, 16] },
      });
      const padding = " ".repeat(((8 - (header.length % 8)) % 8) + offset);
      const bytes = fileBytes(
        header + padding,
        Buffer.concat([f32(1.5, -2), Buffer.from(new BigInt64Array([-3n]).buffer)]),
      );
      expect((bytes.length - 16) % 8).toBe(offset);
      const { tensors } = decode(bytes);
      bytes.fill(0xff);
      expect(tensors.get("a")).toEqual({ shape: [2], data: new Float32Array([1.5, -2]) });
      expect(tensors.get("b")).toEqual({ shape: [], data: new BigInt64Array([-3n]) });
    },
  );

  it("reads float64 as it is, half precision widened", () => {
    const data = Buffer.alloc(8 * 3 + 2 * 2 + 2 * 2);
    [0.1, -1e300, 5e-324].forEach((value, index) => data.writeDoubleLE(value, 8 * index));
    [0x3c00, 0xfbff].forEach((bits, index) => data.writeUInt16LE(bits, 24 + 2 * index));
    [0x3f80, 0xc049].forEach((bits, index) => data.writeUInt16LE(bits, 28 + 2 * index));
    const header = {
      double: { dtype: "F64", shape: [3], data_offsets: [0, 24] },
      half: { dtype: "F16", shape: [2], data_offsets: [24, 28] },
      brain: { dtype: "BF16", shape: [2], data_offsets: [28, 32] },
    };
    expect(Object.fromEntries(decode(fileBytes(header, data)).tensors)).toEqual({
      double: { shape: [3], data: Float64Array.of(0.1, -1e300, 5e-324) },
      half: { shape: [2], data: Float32Array.of(1, -65504) },
      brain: { shape: [2], data: Float32Array.of(1, -3.140625) },
    });
  });

  it("reads a view into a larger buffer", () => {
    const bytes = fileBytes({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, f32(7));
    const larger = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(5, 0xff)]);
    expect(decode(larger.subarray(3, 3 + bytes.length)).tensors.get("a")!.data).toEqual(new Float32Array([7]));
  });

  it("reads tensors in whatever order the header and the data have them, empty ones between them", () => {
    const header = {
      late: { dtype: "U8", shape: [2], data_offsets: [4, 6] },
      none: { dtype: "F32", shape: [3, 0], data_offsets: [4, 4] },
      early: { dtype: "F32", shape: [1, 1], data_offsets: [0, 4] },
      last: { dtype: "I32", shape: [0], data_offsets: [6, 6] },
    };
    const { tensors } = decode(fileBytes(header, Buffer.concat([f32(5), Buffer.from([8, 9])])));
    expect(tensors.get("late")!.data).toEqual(new Uint8Array([8, 9]));
    expect(tensors.get("early")!.data).toEqual(new Float32Array([5]));
    expect(tensors.get("none")).toEqual({ shape: [3, 0], data: new Float32Array(0) });
    expect(tensors.get("last")).toEqual({ shape: [0], data: new Int32Array(0) });
  });

  it("keeps the bits of NaNs", () => {
    const bits = new Uint32Array([0x7fc00001, 0xff800055]);
    const { tensors } = decode(
      fileBytes({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, Buffer.from(bits.buffer)),
    );
    expect(new Uint32Array(tensors.get("a")!.data.buffer)).toEqual(bits);
  });

  it("reads a file without tensors", () => {
    expect(decode(fileBytes("{}")).tensors.size).toBe(0);
    expect(decode(fileBytes('{"__metadata__":{"a":"b"}}')).metadata).toEqual({ a: "b" });
  });

  it.each(["__proto__", "constructor", "hasOwnProperty", "toString"])(
    "takes %s for a tensor's name like any other",
    (name) => {
      const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
      const { tensors } = decode(fileBytes(`{"${name}":${entry}}`, Buffer.from([42])));
      expect([...tensors]).toEqual([[name, { shape: [1], data: new Uint8Array([42]) }]]);
      expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
    },
  );

  it("takes __proto__ for a metadata key, and finds no metadata on a prototype", () => {
    const { metadata } = decode(fileBytes('{"__metadata__":{"__proto__":"text"}}'));
    expect(Object.entries(metadata)).toEqual([["__proto__", "text"]]);
    expect(decode(fileBytes('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}')).metadata).toEqual({});
  });

  it("reads a header whose texts hold braces, quotes, colons and escaped names", () => {
    const name = 'a"}:{\\"b';
    const header = {
      __metadata__: { '{"x":1': '"}, "y": {', "": "\\" },
      [name]: { dtype: "U8", shape: [], data_offsets: [0, 1] },
    };
    const { tensors, metadata } = decode(fileBytes(header, 1));
    expect([...tensors.keys()]).toEqual([name]);
    expect(metadata).toEqual(header.__metadata__);
  });

  it("reads a text of four million characters", () => {
    const long = "\\n".repeat(2_000_000);
    expect(decode(fileBytes(`{"__metadata__":{"long":"${long}"}}`)).metadata["long"]).toHaveLength(2_000_000);
  });
});

import { describe, expect, it } from "vitest";
import { decodeSafetensors, SafetensorsError } from "../src/index.ts";
import { fileBytes, lengthBytes } from "./file-bytes.ts";

const entry = (fields: object = {}): object => ({ dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields });

/** Why the bytes are refused; "accepted" where they are not, and any other error than a refusal is thrown. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, "weights.safetensors");
    return "accepted";
  } catch (error) {
    if (error instanceof SafetensorsError) return error.message;
    throw error;
  }
}

/** Header, data bytes, and what the message must say. */
const headers: readonly (readonly [string, string | object, number, string])[] = [
  ["no JSON", '{"a":', 0, "does not end with }"],
  ["broken JSON", '{"a":}', 0, "no JSON"],
  ["two objects", "{}{}", 0, "no JSON"],
  ["an array", "[{}]", 0, "does not begin with {"],
  ["a space before the {", " {}", 0, "does not begin with {"],
  ["a byte order mark before the {", "\ufeff{}", 0, "does not begin with {"],
  ["an empty header", "", 0, "does not begin with {"],
  ["NUL padding", "{}\0\0", 0, "the only padding allowed"],
  ["line feeds as padding", "{}\n", 0, "the only padding allowed"],
  ["an entry that is no object", { a: null }, 0, 'tensor "a": its header entry is no object'],
  ["an entry that is a list", { a: [] }, 0, 'tensor "a": its header entry is no object'],
  [
    "an unknown type",
    { a: entry({ dtype: "F8_E4M3", shape: [8] }) },
    8,
    "type F8_E4M3 is not read; F64, F32, F16, BF16, I32, I64, U32, U8 are",
  ],
  ["a type in lower case", { a: entry({ dtype: "f32" }) }, 8, "type f32 is not read"],
  ["a type named as a property of objects", { a: entry({ dtype: "constructor" }) }, 8, "type constructor is not read"],
  ["a type that is no text", { a: entry({ dtype: 32 }) }, 8, "a type that is no text"],
  ["no type", { a: { shape: [2], data_offsets: [0, 8] } }, 8, "a type that is no text"],
  ["no shape", { a: { dtype: "F32", data_offsets: [0, 8] } }, 8, "its shape is no list of counts"],
  ["a shape that is a number", { a: entry({ shape: 2 }) }, 8, "its shape is no list of counts"],
  ["a negative size", { a: entry({ shape: [-1, -2] }) }, 8, "its shape is no list of counts"],
  ["a fractional size", { a: entry({ shape: [0.5, 4] }) }, 8, "its shape is no list of counts"],
  ["a size that is a text", { a: entry({ shape: ["2"] }) }, 8, "its shape is no list of counts"],
  [
    "a size beyond 2^53",
    '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,8]}}',
    8,
    "its shape is no list of counts",
  ],
  ["no offsets", { a: { dtype: "F32", shape: [2] } }, 8, "its data_offsets are no pair of counts"],
  ["one offset", { a: entry({ data_offsets: [8] }) }, 8, "its data_offsets are no pair of counts"],
  ["three offsets", { a: entry({ data_offsets: [0, 8, 8] }) }, 8, "its data_offsets are no pair of counts"],
  ["negative offsets", { a: entry({ data_offsets: [-8, 0] }) }, 8, "its data_offsets are no pair of counts"],
  ["offsets in the wrong order", { a: entry({ data_offsets: [8, 0] }) }, 8, "8..0 leave the data"],
  ["an end behind the data", { a: entry({ data_offsets: [4, 12] }) }, 8, "4..12 leave the data of 8 bytes"],
  [
    "too few bytes for its shape",
    { a: entry({ shape: [3] }) },
    8,
    "shape [3] of F32 takes 12 bytes, its range holds 8",
  ],
  ["too many bytes for its shape", { a: entry({ shape: [] }) }, 8, "shape [] of F32 takes 4 bytes, its range holds 8"],
  ["bytes for an empty shape", { a: entry({ shape: [0] }) }, 8, "takes 0 bytes, its range holds 8"],
  // 2^32 * 2^32 is 0 in 64 bits; 2^53 - 1 squared leaves the exact integers; so does 2^51 + 1 elements of 4 bytes.
  [
    "a product that wraps to 0 in 64 bits",
    { a: entry({ shape: [2 ** 32, 2 ** 32], data_offsets: [0, 0] }) },
    0,
    "more bytes than can be counted",
  ],
  [
    "a product beyond 2^53, then 0",
    { a: entry({ shape: [2 ** 53 - 1, 2 ** 53 - 1, 0], data_offsets: [0, 0] }) },
    0,
    "more bytes than can be counted",
  ],
  [
    "a product beyond every float, then 0",
    { a: entry({ shape: [...Array(30).fill(2 ** 52), 0], data_offsets: [0, 0] }) },
    0,
    "more bytes than",
  ],
  ["bytes beyond 2^53", { a: entry({ shape: [2 ** 51 + 1] }) }, 8, "more bytes than can be counted"],
  ["two tensors on the same bytes", { a: entry(), b: entry() }, 8, 'tensor "b" overlaps'],
  ["tensors that overlap in part", { a: entry(), b: entry({ data_offsets: [4, 12] }) }, 12, 'tensor "b" overlaps'],
  [
    "an empty tensor inside another",
    { a: entry(), b: entry({ shape: [0], data_offsets: [4, 4] }) },
    8,
    'tensor "b" overlaps',
  ],
  ["a hole at the start", { a: entry({ data_offsets: [4, 12] }) }, 12, '4 bytes before tensor "a"'],
  ["a hole in the middle", { a: entry(), b: entry({ data_offsets: [9, 17] }) }, 17, '1 bytes before tensor "b"'],
  ["bytes after the last tensor", { a: entry() }, 9, "1 bytes after the last tensor"],
  ["bytes without any tensor", {}, 1, "1 bytes after the last tensor"],
  ["__metadata__ that is a text", { __metadata__: "pt" }, 0, "__metadata__ is no object"],
  ["__metadata__ that is null", { __metadata__: null }, 0, "__metadata__ is no object"],
  ["__metadata__ that is a list", { __metadata__: ["pt"] }, 0, "__metadata__ is no object"],
  ["a number in __metadata__", { __metadata__: { epoch: 3 } }, 0, '__metadata__: "epoch" is no text'],
  ["__proto__ that is no tensor", '{"__proto__":1}', 0, 'tensor "__proto__": its header entry is no object'],
  [
    "a shape nested a hundred thousand deep",
    `{"a":{"dtype":"U8","shape":${"[".repeat(1e5)}${"]".repeat(1e5)},"data_offsets":[0,0]}}`,
    0,
    "its shape is no list",
  ],
];

const tensorText = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
const duplicates: readonly (readonly [string, string, string])[] = [
  [
    "a tensor's name",
    `{"a":${tensorText},"b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":${tensorText}}`,
    '"a" stands twice',
  ],
  ["a name written differently", `{"a":${tensorText},"\\u0061":${tensorText}}`, '"a" stands twice'],
  ["__metadata__", `{"__metadata__":{},"a":${tensorText},"__metadata__" : {}}`, '"__metadata__" stands twice'],
  ["__proto__", `{"__proto__":${tensorText},"__proto__":${tensorText}}`, '"__proto__" stands twice'],
  [
    "a field of an entry",
    '{"a":{"dtype":"F32","dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    '"dtype" stands twice',
  ],
  ["a metadata key", `{"__metadata__":{"x":"1","x":"1"},"a":${tensorText}}`, '"x" stands twice'],
];

describe("a file is refused, by its name and with the reason, for", () => {
  it.each(headers)("%s", (_what, header, dataBytes, reason) => {
    const message = refusal(fileBytes(header, dataBytes));
    expect(message).toContain(reason);
    expect(message).toMatch(/^weights\.safetensors: /);
  });

  it.each(duplicates)("%s twice", (_what, header, reason) => {
    expect(refusal(fileBytes(header, 1))).toContain(reason);
  });

  it("a header that is no UTF-8", () => {
    const bytes = fileBytes('{"__metadata__":{"a":"?"}}');
    bytes[bytes.indexOf("?")] = 0xff;
    expect(refusal(bytes)).toContain("no UTF-8");
  });

  it("a header length that is no truth", () => {
    const body = fileBytes({ a: entry() }, 8).subarray(8);
    const withLength = (length: number | bigint): string => refusal(Buffer.concat([lengthBytes(length), body]));
    expect(withLength(body.length + 1)).toContain("runs past the end of the file");
    expect(withLength(2 ** 22)).toContain("runs past the end of the file");
    for (const length of [2 ** 22 + 1, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
      expect(withLength(length)).toContain(`a header of ${length} bytes is above the bound of 4194304`);
    }
    expect(withLength(0)).toContain("does not begin with {");
  });

  it("being cut off anywhere", () => {
    const whole = fileBytes({ a: entry(), b: entry({ data_offsets: [8, 16] }) }, 16);
    expect(refusal(whole)).toBe("accepted");
    for (let length = 0; length < whole.length; length += 1) {
      expect(refusal(whole.subarray(0, length)), `${length} bytes`).toMatch(
        /shorter than|runs past the end|leave the data/,
      );
    }
  });
});

/** Pieces of pickles, protocol 2: each function's bytes leave one value on the stack, unless it says otherwise. */

export type Piece = Buffer;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export const opcode = (code: number | string, ...rest: readonly Uint8Array[]): Piece =>
  Buffer.concat([typeof code === "string" ? Buffer.from(code, "latin1") : Buffer.from([code]), ...rest]);

export const text = (value: string): Piece => opcode("X", uint32(Buffer.byteLength(value)), Buffer.from(value));

/** BININT below 2^31, otherwise LONG1. */
export function int(value: number | bigint): Piece {
  const bytes = Buffer.alloc(16);
  const big = BigInt(value);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, big));
  bytes.writeBigUInt64LE(BigInt.asUintN(64, big >> 64n), 8);
  const small = big >= -(2n ** 31n) && big < 2n ** 31n;
  return small ? opcode("J", bytes.subarray(0, 4)) : opcode(0x8a, Buffer.from([16]), bytes);
}

export const none = opcode("N");
export const no = opcode(0x89);
export const yes = opcode(0x88);
export const tuple = (...items: readonly Piece[]): Piece => Buffer.concat([opcode("("), ...items, opcode("t")]);
export const list = (...items: readonly Piece[]): Piece => Buffer.concat([opcode("]("), ...items, opcode("e")]);
export const ints = (values: readonly number[]): Piece => tuple(...values.map(int));
export const global = (name: string): Piece => {
  const dot = name.lastIndexOf(".");
  return opcode("c", Buffer.from(`${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`));
};
export const call = (name: string, ...args: readonly Piece[]): Piece =>
  Buffer.concat([global(name), tuple(...args), opcode("R")]);

export const dict = (entries: readonly (readonly [string | Piece, Piece])[]): Piece =>
  Buffer.concat([
    opcode("}("),
    ...entries.flatMap(([key, value]) => [typeof key === "string" ? text(key) : key, value]),
    opcode("u"),
  ]);

export const storage = (key: string, elements: number | bigint, type = "torch.FloatStorage", view?: Piece): Piece => {
  const id = [text("storage"), global(type), text(key), text("cpu"), int(elements), ...(view ? [view] : [])];
  return Buffer.concat([tuple(...id), opcode("Q")]);
};

/** `_rebuild_tensor_v2` of a storage's piece. */
export const tensor = (of: Piece, shape: readonly number[], stride: readonly number[], offset = 0): Piece =>
  call(
    "torch._utils._rebuild_tensor_v2",
    of,
    int(offset),
    ints(shape),
    ints(stride),
    no,
    call("collections.OrderedDict"),
  );

/** A whole pickle of one value. */
export const pickle = (value: Piece): Buffer => Buffer.concat([opcode(0x80, Buffer.from([2])), value, opcode(".")]);

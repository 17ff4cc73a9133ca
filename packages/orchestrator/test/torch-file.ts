import type { StoredTensor } from "@fledge/safetensors";

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from("X"), length, Buffer.from(value)]);
};

const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return Buffer.concat([Buffer.from("J"), bytes]);
};

const tuple = (...items: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from("("), ...items, Buffer.from("t")]);
const list = (...items: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from("]("), ...items, Buffer.from("e")]);
const dict = (...items: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from("}("), ...items, Buffer.from("u")]);
const pickle = (value: Buffer): Buffer => Buffer.concat([Buffer.from([0x80, 2]), value, Buffer.from(".")]);

function storageName(data: StoredTensor["data"]): string {
  if (data instanceof Float64Array) return "DoubleStorage";
  return data instanceof BigInt64Array ? "LongStorage" : "FloatStorage";
}

function tensor(key: string, { shape, data }: StoredTensor): Buffer {
  const type = Buffer.from(`ctorch\n${storageName(data)}\n`);
  const noView = Buffer.from("N");
  const storage = tuple(text("storage"), type, text(key), text("cpu"), integer(data.length), noView);
  const stride = shape.map((_size, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const args = [
    Buffer.concat([storage, Buffer.from("Q")]),
    integer(0),
    tuple(...shape.map(integer)),
    tuple(...stride.map(integer)),
  ];
  return Buffer.concat([Buffer.from("ctorch._utils\n_rebuild_tensor\n"), tuple(...args), Buffer.from("R")]);
}

/** Tensors of floats, doubles and longs as torch.save wrote a checkpoint's state_dict before PyTorch 1.6. */
export function torchFile(tensors: ReadonlyMap<string, StoredTensor>): Buffer {
  const keys = [...tensors.keys()];
  const state = dict(...[...tensors].flatMap(([name, value]) => [text(name), tensor(name, value)]));
  const machine = dict(text("little_endian"), Buffer.from([0x88]));
  const magic = Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex");
  const pickles = [integer(1001), machine, dict(text("state_dict"), state), list(...keys.map(text))].map(pickle);
  const storages = [...tensors.values()].flatMap(({ data }) => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(data.length));
    return [count, Buffer.from(data.buffer, data.byteOffset, data.byteLength)];
  });
  return Buffer.concat([magic, ...pickles, ...storages]);
}

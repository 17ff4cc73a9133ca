import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeTorchWeights, isTorchFile, readTorchWeights } from "../src/index.ts";
import { floats, legacyFile, zipEntries, zipFile } from "./file-writer.ts";
import {
  call,
  dict,
  global,
  int,
  ints,
  list,
  no,
  none,
  opcode,
  pickle,
  storage,
  tensor,
  text,
  tuple,
  yes,
  type Piece,
} from "../src/pickle/pieces.ts";
import { zip } from "./zip-writer.ts";

const whole = Array.from({ length: 24 }, (_, index) => index);

/** What test/fixtures/make-fixtures.py saved. */
const expected = {
  "bn.weight": { shape: [3], data: Float32Array.of(0.5, -1.25, 3) },
  "bn.bias": { shape: [3], data: Float32Array.of(0, 0, 0) },
  "bn.running_mean": { shape: [3], data: Float32Array.of(1e-40, Infinity, -0) },
  "bn.running_var": { shape: [3], data: Float32Array.of(1, 1, 1) },
  "bn.num_batches_tracked": { shape: [], data: BigInt64Array.of(2n ** 40n + 1n) },
  whole: { shape: [2, 3, 4], data: Float32Array.from(whole) },
  permuted: { shape: [4, 2, 3], data: Float32Array.from(whole, (at) => Math.floor(at / 6) + 4 * (at % 6)) },
  sliced: { shape: [2, 2], data: Float32Array.of(16, 18, 20, 22) },
  parameter: { shape: [1, 2], data: Float32Array.of(1.5, -2) },
  scalar: { shape: [], data: Float32Array.of(7.25) },
  empty: { shape: [0, 5], data: Float32Array.of() },
  half: { shape: [4], data: Float32Array.of(1, -2.5, 65504, 2 ** -24) },
  bfloat16: { shape: [2], data: Float32Array.of(1, -3.140625) },
  int: { shape: [2], data: Int32Array.of(-(2 ** 31), 7) },
  byte: { shape: [2], data: Uint8Array.of(0, 255) },
  Vögel: { shape: [1], data: BigInt64Array.of(9n) },
};

const read = async (bytes: Buffer): Promise<Record<string, unknown>> =>
  Object.fromEntries((await decodeTorchWeights(bytes, "weights.pth")).tensors);

const one = tensor(storage("0", 2), [2], [1]);
const data = { 0: floats(1, 2) };
const oneRead = { shape: [2], data: Float32Array.of(1, 2) };
const recall = (index: number): Piece => opcode("h", Buffer.from([index]));

describe("what PyTorch saved is read, in its order", () => {
  it.each(["zip.pth", "legacy.pth"])("%s", async (file) => {
    const { tensors } = await readTorchWeights(join(import.meta.dirname, "fixtures", file));
    expect(Object.fromEntries(tensors)).toEqual(expected);
    expect([...tensors.keys()]).toEqual(Object.keys(expected));
    const zero = tensors.get("bn.running_mean")!.data[2];
    expect(Object.is(zero, -0)).toBe(true);
  });
});

describe.each([
  ["zip", zipFile],
  ["legacy", legacyFile],
])("a %s file is read", (_format, file) => {
  const readSaved = (saved: Piece): Promise<Record<string, unknown>> => read(file(saved, data));

  it.each([
    ["alone", dict([["a", one]])],
    ["under state_dict", dict([["state_dict", dict([["a", one]])]])],
    [
      "under model",
      dict([
        ["epoch", int(3)],
        ["model", dict([["a", one]])],
      ]),
    ],
    ["with module. before every name", dict([["module.a", one]])],
  ])("with the state_dict %s", async (_where, saved) => {
    expect(await readSaved(saved)).toEqual({ a: oneRead });
  });

  it("with module. before some names, which then stays", async () => {
    expect(
      Object.keys(
        await readSaved(
          dict([
            ["module.a", one],
            ["b", one],
          ]),
        ),
      ),
    ).toEqual(["module.a", "b"]);
  });

  it("with names that are properties of objects", async () => {
    const { tensors } = await decodeTorchWeights(
      file(
        dict([
          ["__proto__", one],
          ["constructor", one],
        ]),
        data,
      ),
      "x",
    );
    expect([...tensors.keys()]).toEqual(["__proto__", "constructor"]);
    expect(tensors.get("__proto__")).toEqual(oneRead);
  });

  it("as Python 2 and the first PyTorch wrote it: pairs, byte texts, Parameter with its flags, four arguments", async () => {
    const old = call("torch._utils._rebuild_tensor", storage("0", 2), int(0), ints([2]), ints([1]));
    const flags = tuple(yes, no, call("collections.OrderedDict"));
    const parameter = Buffer.concat([call("torch.nn.parameter.Parameter", old), flags, opcode("b")]);
    const name = opcode("U", Buffer.from([1]), Buffer.from("a"));
    expect(await readSaved(call("collections.OrderedDict", list(list(name, parameter))))).toEqual({ a: oneRead });
  });

  it("as protocol 4 writes names and memo", async () => {
    const short = (value: string): Piece => opcode(0x8c, Buffer.from([value.length]), Buffer.from(value));
    const memoize = opcode(0x94);
    const made = [opcode(0x95, Buffer.alloc(8)), short("collections"), memoize, short("OrderedDict"), memoize];
    const called = [opcode(0x93), memoize, opcode(")R"), memoize];
    const filled = [short("a"), one, opcode("s")];
    const wrapped = dict([
      ["state_dict", Buffer.concat([...made, ...called, ...filled])],
      ["again", recall(3)],
    ]);
    expect(await readSaved(wrapped)).toEqual({ a: oneRead });
  });

  it("with one parameter under two names as one tensor", async () => {
    const kept = Buffer.concat([one, opcode("q", Buffer.from([9]))]);
    const tensors = await readSaved(
      dict([
        ["a", kept],
        ["b", recall(9)],
      ]),
    );
    expect(tensors).toEqual({ a: oneRead, b: oneRead });
    expect(tensors["a"]).toBe(tensors["b"]);
  });
});

it("a tensor's memory is its own", async () => {
  const bytes = zipFile(dict([["a", one]]), data);
  const tensors = await read(bytes);
  bytes.fill(0xff);
  expect(tensors).toEqual({ a: oneRead });
});

describe("every width of float", () => {
  const wide = Buffer.alloc(6 * 8);
  [0.1, -1e300, 5e-324, 4, 5, 6].forEach((value, index) => wide.writeDoubleLE(value, 8 * index));
  const halves = Buffer.alloc(4);
  [0x3555, 0xfbff].forEach((bits, index) => halves.writeUInt16LE(bits, 2 * index));
  const bytes = { 0: wide, 1: halves, 2: halves };
  const saved = dict([
    ["double", tensor(storage("0", 6, "torch.DoubleStorage"), [3], [1])],
    ["columns", tensor(storage("0", 6, "torch.DoubleStorage"), [2, 2], [1, 2], 2)],
    ["half", tensor(storage("1", 2, "torch.HalfStorage"), [2], [1])],
    ["bfloat16", tensor(storage("2", 2, "torch.BFloat16Storage"), [2], [1])],
  ]);
  const wanted = {
    double: { shape: [3], data: Float64Array.of(0.1, -1e300, 5e-324) },
    columns: { shape: [2, 2], data: Float64Array.of(5e-324, 5, 4, 6) },
    half: { shape: [2], data: Float32Array.of(0.333251953125, -65504) },
    bfloat16: { shape: [2], data: Float32Array.of(0xd5 * 2 ** -28, -(0xff * 2 ** 113)) },
  };

  it("in a zip file", async () => {
    expect(await read(zipFile(saved, bytes))).toEqual(wanted);
  });

  it("in a legacy file, which counts elements", async () => {
    const counted = Object.entries({ 0: 6, 1: 2, 2: 2 } as Record<string, number>);
    const whole = legacyFile(saved, bytes, { elements: 0 });
    let at = whole.length - (wide.length + 2 * halves.length + 3 * 8);
    for (const [key, elements] of counted) {
      whole.writeBigUInt64LE(BigInt(elements), at);
      at += 8 + bytes[key as unknown as 0 | 1 | 2].length;
    }
    expect(await read(whole)).toEqual(wanted);
  });
});

it("content tells the format, not the name", () => {
  expect(isTorchFile(zipFile(dict([])))).toBe(true);
  expect(isTorchFile(legacyFile(dict([])))).toBe(true);
  expect(isTorchFile(zip([]))).toBe(false);
  expect(isTorchFile(pickle(none))).toBe(false);
  expect(isTorchFile(Buffer.from("no weights"))).toBe(false);
  expect(isTorchFile(Buffer.alloc(0))).toBe(false);
});

describe("what training scripts save", () => {
  const state = dict([["a", one]]);

  it.each(["model_state_dict", "net", "network", "module", "ema", "state_dict_ema"])("under %s", async (key) => {
    expect(
      await read(
        zipFile(
          dict([
            ["epoch", int(3)],
            [key, state],
          ]),
          data,
        ),
      ),
    ).toEqual({ a: oneRead });
  });

  it("in a dict in a dict, and the averaged weights only where there are no others", async () => {
    const other = dict([["b", one]]);
    const saved = dict([
      ["state_dict_ema", other],
      ["state_dict", dict([["model", state]])],
    ]);
    expect(await read(zipFile(saved, data))).toEqual({ a: oneRead });
  });

  it.each(["_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model.", "net."])(
    "with names behind %s",
    async (prefix) => {
      expect(await read(zipFile(dict([[`${prefix}a`, one]]), data))).toEqual({ a: oneRead });
    },
  );

  it("by AveragedModel, whose counter is left out", async () => {
    const saved = dict([
      ["n_averaged", one],
      ["module.a", one],
    ]);
    expect(await read(zipFile(saved, data))).toEqual({ a: oneRead });
  });

  it("with options, counters and NumPy's numbers beside it, which are dropped", async () => {
    const options = Buffer.concat([
      global("argparse.Namespace"),
      opcode(")"),
      opcode(0x81),
      dict([["lr", int(1)]]),
      opcode("b"),
    ]);
    const best = call(
      "numpy.core.multiarray.scalar",
      call("numpy.dtype", text("f8"), no, yes),
      call("_codecs.encode", text("x")),
    );
    const saved = dict([
      ["args", options],
      ["milestones", call("collections.Counter", dict([[int(30), int(1)]]))],
      ["best", best],
      ["model", state],
    ]);
    expect(await read(zipFile(saved, data))).toEqual({ a: oneRead });
  });

  it("without checksums, as set_crc32_options(False) has it: every CRC is 0", async () => {
    const bytes = zip(zipEntries(state, data).map((entry) => ({ ...entry, crc: 0 })));
    expect(await read(bytes)).toEqual({ a: oneRead });
  });
});

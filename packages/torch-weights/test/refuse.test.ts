import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeTorchWeights, readTorchWeights, TorchWeightsError } from "../src/index.ts";
import { floats, legacyFile, zipEntries, zipFile, type LegacyParts } from "./file-writer.ts";
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
import { zip, type ZipEntry } from "./zip-writer.ts";

/** Why the bytes are refused; "accepted" where they are not, and any other error than a refusal is thrown. */
async function refusal(bytes: Buffer): Promise<string> {
  try {
    await decodeTorchWeights(bytes, "weights.pth");
    return "accepted";
  } catch (error) {
    if (error instanceof TorchWeightsError) return error.message;
    throw error;
  }
}

const data = { 0: floats(1, 2, 3, 4, 5, 6) };
const six = storage("0", 6);
const saved = dict([["a", tensor(six, [2, 3], [3, 1])]]);
const withA = (value: Piece): Piece => dict([["a", value]]);
const viewed = (shape: readonly number[], stride: readonly number[], offset = 0): Piece =>
  withA(tensor(six, shape, stride, offset));
const rebuilt = (...args: readonly Piece[]): Piece => withA(call("torch._utils._rebuild_tensor_v2", ...args));
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);

it("the files that the refused ones are made from are accepted", async () => {
  expect(await refusal(zipFile(saved, data))).toBe("accepted");
  expect(await refusal(legacyFile(saved, data))).toBe("accepted");
});

/** What the file saves, and what the message must say. */
const values: readonly (readonly [string, Piece, string])[] = [
  [
    "a call of os.system",
    call("os.system", text("false")),
    '"os.system", which no state_dict needs and which is never run',
  ],
  [
    "a whole model",
    Buffer.concat([global("torchvision.models.resnet.ResNet"), opcode(")"), bytes(0x81), dict([]), opcode("b")]),
    'it is a whole pickled model or other object ("torchvision.models.resnet.ResNet"), not a state_dict',
  ],
  [
    "a whole model before PyTorch 1.6",
    Buffer.concat([opcode("("), text("module"), global("resnet.ResNet"), text(""), text(""), opcode("tQ")]),
    'it is a whole pickled model or other object ("resnet.ResNet"), not a state_dict',
  ],
  ["eval", call("builtins.eval", text("1")), '"builtins.eval"'],
  [
    "a class among a function's attributes",
    call("collections.OrderedDict.__class__"),
    '"collections.OrderedDict.__class__"',
  ],
  ["a name of JavaScript's", call("constructor.constructor", text("1")), '"constructor.constructor"'],
  ["a global by STACK_GLOBAL", Buffer.concat([text("os"), text("system"), opcode(0x93)]), '"os.system"'],
  ["a global by no text", Buffer.concat([int(1), int(2), opcode(0x93)]), "names a global by no text"],
  ["a global whose line does not end", opcode("c", Buffer.alloc(300, "a")), "no end within 256 bytes"],
  [
    "another library's class",
    withA(call("numpy.core.multiarray._reconstruct")),
    '"numpy.core.multiarray._reconstruct"',
  ],
  ["INST", opcode("(i", Buffer.from("os\nsystem\n")), "opcode 0x69"],
  ["OBJ", Buffer.concat([opcode("("), global("collections.OrderedDict"), opcode("o")]), "opcode 0x6f"],
  ["NEWOBJ", Buffer.concat([global("collections.OrderedDict"), opcode(")"), bytes(0x81)]), "(NEWOBJ)"],
  ["EXT1", bytes(0x82, 1), "opcode 0x82 at byte"],
  ["a byte that is no opcode", bytes(0xff), "opcode 0xff"],
  ["PROTO 5", bytes(0x80, 5), "protocol 5"],
  ["a call of a storage type", call("torch.FloatStorage", int(6)), "calls something that is no function"],
  ["a call of a text", Buffer.concat([text("a"), tuple(), opcode("R")]), "calls something that is no function"],
  [
    "a call without a tuple",
    Buffer.concat([global("collections.OrderedDict"), none, opcode("R")]),
    "without arguments",
  ],
  ["an OrderedDict of numbers", call("collections.OrderedDict", list(int(1))), "something else than a list of pairs"],
  [
    "an OrderedDict of two lists",
    call("collections.OrderedDict", list(), list()),
    "something else than a list of pairs",
  ],
  ["BUILD of a list", Buffer.concat([list(), dict([]), opcode("b")]), "(BUILD)"],
  ["BUILD of a global", Buffer.concat([global("collections.OrderedDict"), dict([]), opcode("b")]), "(BUILD)"],
  ["a value from an empty stack", opcode("R"), "empty stack"],
  ["a memo of an empty stack", opcode("q", bytes(0)), "empty stack"],
  ["a memo that was not kept", opcode("h", bytes(7)), "recalls value 7"],
  ["a mark that was not opened", opcode("t"), "a mark that it did not open"],
  ["a mark that stays open", Buffer.concat([saved, opcode("("), none]), "other than one value"],
  ["two values", Buffer.concat([saved, none]), "other than one value"],
  ["a mark as a value", Buffer.concat([opcode("("), opcode("R")]), "empty stack"],
  ["a million marks", opcode("(".repeat(1e6)), "nests deeper than 1000"],
  ["a pickle above the bound", opcode("N".repeat(2 ** 20 + 1)), "above the bound of 1048576 bytes"],
  ["an item of something that is no dict", Buffer.concat([list(), text("a"), none, opcode("s")]), "no dict"],
  ["a key without a value", Buffer.concat([opcode("}("), text("a"), opcode("u")]), "a key without a value"],
  ["a key that is a tuple", dict([[tuple(), none]]), "a key that is neither text nor number"],
  [
    "a name that stands twice",
    dict([
      ["a", none],
      ["a", none],
    ]),
    '"a" stands twice',
  ],
  ["an append to no list", Buffer.concat([none, none, opcode("a")]), "appends to something that is no list"],
  ["a text that is longer than the file", opcode("X", bytes(0xff, 0xff, 0xff, 0xff)), "4294967295 bytes are wanted"],
  ["a text longer than names are", withA(text("x".repeat(70_000))), "is above the bound of 65536 bytes"],
  ["a text that is no UTF-8", opcode("X", bytes(1, 0, 0, 0, 0xff)), "no UTF-8"],
  ["no dict", list(saved), "it holds no dict"],
  [
    "an empty dict",
    dict([
      ["state_dict", dict([])],
      ["a", six],
    ]),
    "its state_dict is empty",
  ],
  [
    "a value that is no tensor",
    dict([
      ["epoch", int(3)],
      ["a", six],
    ]),
    '"epoch" is no tensor; save model.state_dict()',
  ],
  ["a name that is a number", dict([[int(3), tensor(six, [1], [1])]]), "a key that is no name"],
  ["a persistent id that is no tuple", withA(Buffer.concat([text("0"), opcode("Q")])), "names no storage"],
  ["a persistent id of a module", withA(Buffer.concat([tuple(text("module")), opcode("Q")])), "names no storage"],
  ["a storage of a function's type", withA(storage("0", 6, "collections.OrderedDict")), "names no storage"],
  ["a storage of negative size", withA(storage("0", -1)), "a size that is no count"],
  ["a storage beyond 2^53", withA(storage("0", 2n ** 64n)), "a size that is no count"],
  [
    "a storage that is a view",
    withA(storage("0", 6, "torch.FloatStorage", tuple(text("1"), int(0), int(6)))),
    "is a view of another",
  ],
  [
    "a storage of two sizes",
    dict([
      ["a", six],
      ["b", storage("0", 3)],
    ]),
    "two types or sizes",
  ],
  [
    "a storage of two types",
    dict([
      ["a", six],
      ["b", storage("0", 6, "torch.IntStorage")],
    ]),
    "two types or sizes",
  ],
  [
    "a storage that is missing",
    dict([
      ["a", six],
      ["b", storage("1", 6)],
    ]),
    'storage "1" is missing',
  ],
  ["a storage that is short", withA(tensor(storage("0", 7), [7], [1])), "its tensors want"],
  ["a storage that is too long", withA(tensor(storage("0", 5), [5], [1])), "its tensors want"],
  ["a storage whose size overflows", withA(tensor(storage("0", 2 ** 53 - 1), [2], [1])), "its tensors want"],
  ["a tensor of no storage", rebuilt(none, int(0), ints([6]), ints([1]), no, none), "something else than storage"],
  ["a tensor without strides", rebuilt(six, int(0), ints([6])), "something else than storage"],
  ["a tensor with metadata", rebuilt(six, int(0), ints([6]), ints([1]), no, none, dict([["neg", yes]])), "metadata"],
  ["a parameter of no tensor", withA(call("torch._utils._rebuild_parameter", none, no, none)), "than a tensor"],
  ["more elements than the storage", viewed([7], [1]), "of shape [7], strides [1] and offset 0 leaves"],
  ["an offset behind the storage", viewed([1], [1], 6), "leaves its storage"],
  ["an empty tensor behind the storage", viewed([0], [1], 7), "leaves its storage"],
  ["a negative offset", viewed([1], [1], -1), "offset is no count"],
  ["a negative size", viewed([-1, -2], [1, 1]), "shape is no list of counts"],
  ["a negative stride", viewed([2], [-1], 1), "strides are no list of counts"],
  ["a size that is a text", rebuilt(six, int(0), tuple(text("6")), ints([1])), "shape is no list of counts"],
  ["fewer strides than sizes", viewed([2, 3], [1]), "dimensions that do not fit"],
  ["65 dimensions", viewed(Array(65).fill(1), Array(65).fill(1)), "dimensions that do not fit"],
  ["a stride beyond the storage", viewed([2], [6]), "leaves its storage"],
  ["a stride beyond 2^53 in all", viewed([2, 2], [2 ** 31 - 1, 2 ** 31 - 1], 5), "leaves its storage"],
  [
    "a product that wraps to 0 in 64 bits",
    rebuilt(six, int(0), tuple(int(2n ** 32n), int(2n ** 32n)), ints([0, 0])),
    "repeats elements",
  ],
  ["stride 0, which repeats", viewed([7], [0]), "repeats elements of its storage"],
  ["stride 0 to a terabyte", viewed([2 ** 20, 2 ** 20], [0, 0]), "repeats elements of its storage"],
];

describe.each([
  ["zip", zipFile],
  ["legacy", legacyFile],
])("a %s file is refused, by its name and with the reason, for", (_format, file) => {
  it.each(values)("%s", async (_what, value, reason) => {
    const message = await refusal(file(value, data));
    expect(message).toContain(reason);
    expect(message).toMatch(/^weights\.pth: /);
  });

  it("a type that is not read, under the tensor's name", async () => {
    const shorts = withA(tensor(storage("0", 2, "torch.ShortStorage"), [2], [1]));
    const given = { 0: new Uint8Array(4) };
    expect(
      await refusal(file === legacyFile ? legacyFile(shorts, given, { elements: 2 }) : zipFile(shorts, given)),
    ).toBe('weights.pth: tensor "a": its type torch.ShortStorage is not read; save it as float32');
  });

  it("thousands of tensors on the same storage", async () => {
    const big = { 0: new Uint8Array(400_000) };
    const many = Array.from({ length: 1000 }, (_, at) => [`a${at}`, tensor(storage("0", 1e5), [1e5], [1])] as const);
    expect(await refusal(file(dict(many), big))).toMatch(
      /its tensors take 400000000 bytes, more than 4 times the file's/,
    );
  });

  it("being cut off anywhere", async () => {
    const complete = file(saved, data);
    for (let length = 0; length < complete.length; length += 1) {
      expect(await refusal(complete.subarray(0, length)), `${length} bytes`).toMatch(
        /ends too early|no whole zip|no file of torch|no end within/,
      );
    }
  });
});

describe("a zip archive is refused for", () => {
  const entries = zipEntries(saved, data);
  const change = (name: string, changes: Partial<ZipEntry>): Buffer =>
    zip(entries.map((entry) => (entry.name === `archive/${name}` ? { ...entry, ...changes } : entry)));
  const add = (...others: readonly ZipEntry[]): Buffer => zip([...entries, ...others]);
  const other = (name: string): ZipEntry => ({ name, data: floats(0) });

  const inner: ZipEntry = { name: "archive/inner", data: floats(0) };
  const outer: ZipEntry = { name: "archive/outer", data: zip([inner]) };

  it.each<readonly [string, Buffer, string]>([
    [
      "a compressed entry",
      change("data/0", { method: 8, data: deflateRawSync(floats(1)), sizeBytes: 4 }),
      '"archive/data/0" is compressed',
    ],
    [
      "a bomb",
      add({ name: "archive/bomb", method: 8, data: deflateRawSync(Buffer.alloc(1e6)), sizeBytes: 1e6 }),
      "is compressed",
    ],
    ["a stored entry of two sizes", change("data/0", { sizeBytes: 1e9 }), "size mismatch for stored file"],
    ["an entry that stands twice", add(other("archive/data/0")), '"archive/data/0" stands twice'],
    ["two entries on the same bytes", add({ ...entries[0]!, name: "archive/data/1", headerAt: 0 }), "has another name"],
    [
      "an entry inside another",
      zip([outer, { ...inner, headerAt: 30 + outer.name.length }, ...entries]),
      '"archive/inner" overlaps',
    ],
    [
      "an entry with another name at its data",
      change("data/0", { local: { name: "archive/data/9" } }),
      "has another name",
    ],
    [
      "an entry with another size at its data",
      change("data/0", { local: { sizeBytes: 8 } }),
      '"archive/data/0" has another size',
    ],
    [
      "an entry with another method at its data",
      change("data/0", { local: { method: 8 } }),
      '"archive/data/0" has another size or method',
    ],
    ["an encrypted entry", change("data/0", { flags: 1, sizeBytes: 12 }), "compressed or encrypted"],
    ["an entry that is damaged", change("data/0", { crc: 1 }), '"archive/data/0" is damaged'],
    ["a path that climbs", add(other("archive/../../evil")), "no whole zip archive: invalid relative path"],
    ["an absolute path", add(other("/evil")), "no whole zip archive: absolute path"],
    ["a path with backslashes", add(other("archive\\evil")), "no whole zip archive: invalid characters"],
    ["two pickles", add(other("second/data.pkl")), "a zip with 2 entries <name>/data.pkl"],
    ["no pickle", zip([other("archive/data/0")]), "a zip with 0 entries <name>/data.pkl"],
    ["TorchScript", add(other("archive/constants.pkl")), "TorchScript archive"],
    ["big-endian bytes", change("byteorder", { data: Buffer.from("big") }), "byteorder is not little"],
    [
      "bytes behind the pickle",
      change("data.pkl", { data: Buffer.concat([entries[0]!.data, bytes(0)]) }),
      "1 bytes follow the pickle",
    ],
    ["a comment that is none", Buffer.concat([zip(entries), bytes(0)]), "no whole zip archive: Invalid comment length"],
    ["no end", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(100)]), "no whole zip archive"],
  ])("%s", async (_what, file, reason) => {
    expect(await refusal(file)).toContain(reason);
  });
});

describe("a legacy file is refused for", () => {
  it.each<readonly [string, LegacyParts, string]>([
    ["another version", { version: 1000 }, "magic number and version 1001"],
    ["a big-endian machine", { littleEndian: no }, "not written on a little-endian machine"],
    ["a storage that no tensor has", { keys: [text("7")] }, "names one that no tensor has"],
    ["a storage's key that is a number", { keys: [int(0)] }, "names one that no tensor has"],
    ["a storage that stands twice", { keys: [text("0"), text("0")] }, '"0" stands twice'],
    ["a storage that is not listed", { keys: [] }, 'storage "0" is missing'],
    ["a storage of 2^64 - 1 elements", { elements: 2n ** 64n - 1n }, "a count of 18446744073709551615"],
    ["a storage of more elements", { elements: 7 }, "holds 7 elements, its tensors want 6"],
  ])("%s", async (_what, parts, reason) => {
    expect(await refusal(legacyFile(saved, data, parts))).toContain(reason);
  });

  it("dicts that hold themselves", async () => {
    const cycle = Buffer.concat([opcode("}q"), bytes(0), text("model"), opcode("h"), bytes(0), opcode("s")]);
    expect(await refusal(legacyFile(cycle))).toContain("nest too deep");
  });

  it("bytes behind the last storage", async () => {
    expect(await refusal(Buffer.concat([legacyFile(saved, data), bytes(0)]))).toContain(
      "1 bytes follow the last storage",
    );
  });
});

it.each(["zip.pth", "legacy.pth"])(
  "%s with any one byte changed is read or refused, never another error",
  async (name) => {
    const whole = readFileSync(join(import.meta.dirname, "fixtures", name));
    let refused = 0;
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at]! + 1 + (at % 255)) % 256;
      if ((await refusal(changed)) !== "accepted") refused += 1;
    }
    expect(refused).toBeGreaterThan(whole.length / 4);
  },
);

it("other bytes, and a file that is not there", async () => {
  expect(await refusal(Buffer.from("no weights at all"))).toContain("it is no file of torch.save");
  expect(await refusal(Buffer.alloc(0))).toContain("it is no file of torch.save");
  expect(await refusal(pickle(saved))).toContain("it is no file of torch.save");
  await expect(readTorchWeights("absent.pth")).rejects.toThrow("absent.pth: there is no such file");
});

import { expect, it } from "vitest";
import { ElfFile } from "../bootstrap/elf-file.mjs";
import { suitOlderGlibc } from "../bootstrap/older-glibc.mjs";

interface Library {
  /** Imported functions, each with the index of its version. */
  readonly symbols: readonly (readonly [name: string, version: number])[];
  /** Needed of `libc.so.6`, from index 2 on. */
  readonly versions: readonly string[];
  readonly dynamic?: readonly (readonly [tag: number, value: number])[];
}

const symbolic = [
  [16, 0],
  [30, 2],
  [0, 0],
] as const;

/** The parts of a library that are read: its section headers and the five tables. */
function library({ symbols, versions, dynamic = symbolic }: Library): Buffer {
  const names = ["", "libc.so.6", ...versions, ...symbols.map(([name]) => name)];
  const at = (name: string): number =>
    names.slice(0, names.indexOf(name)).reduce((sum, one) => sum + one.length + 1, 0);
  const u16 = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
  const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
  const u64 = (...values: number[]): Buffer => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
  const tables: readonly (readonly [type: number, data: Buffer, link?: number])[] = [
    [0, Buffer.alloc(0)],
    [11, Buffer.concat(symbols.map(([name]) => Buffer.concat([u32(at(name)), Buffer.alloc(20)]))), 2],
    [3, Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1")],
    [0x6fffffff, u16(...symbols.map(([, version]) => version))],
    [
      0x6ffffffe,
      Buffer.concat([
        Buffer.concat([u16(1, versions.length), u32(at("libc.so.6"), 16, 0)]),
        ...versions.map((name, i) =>
          Buffer.concat([u32(1000 + i), u16(0, i + 2), u32(at(name), i + 1 < versions.length ? 16 : 0)]),
        ),
      ]),
    ],
    [6, u64(...dynamic.flat())],
  ];
  let offset = 64 + tables.length * 64;
  const headers = tables.map(([type, data, link = 0]) => {
    const header = Buffer.concat([u32(0, type), u64(0, 0, offset, data.length), u32(link, 0), u64(1, 0)]);
    offset += data.length;
    return header;
  });
  const start = Buffer.alloc(64);
  start.write("7f454c460201", "hex");
  start.writeBigUInt64LE(64n, 0x28);
  start.writeUInt16LE(tables.length, 0x3c);
  return Buffer.concat([start, ...headers, ...tables.map(([, data]) => data)]);
}

const versions = ["GLIBC_2.2.5", "GLIBC_2.36", "GLIBC_2.38"];
const imports = (data: Buffer): [string, number][] => {
  const elf = new ElfFile(data);
  return [...elf.symbols()].map(({ nameOffset, versionAt }) => [elf.nameAt(nameOffset), data.readUInt16LE(versionAt)]);
};

it("imports plain functions of the oldest version in the place of C23's, and nothing else changes", () => {
  const symbols = [
    ["__isoc23_strtol", 4],
    ["malloc", 2],
    ["arc4random", 3],
  ] as const;
  const data = library({ symbols, versions });
  suitOlderGlibc(data, 36);
  expect(imports(data)).toEqual([
    ["strtol", 2],
    ["malloc", 2],
    ["arc4random", 3],
  ]);
  const needed = [...new ElfFile(data).neededVersions()];
  expect(needed.map(({ version, index }) => [version, index])).toEqual([
    ["GLIBC_2.2.5", 2],
    ["GLIBC_2.36", 3],
    ["GLIBC_2.2.5", 4],
  ]);
  expect(needed.map(({ at }) => data.readUInt32LE(at))).toEqual([1000, 1001, 1000]); // the names' hashes
});

it("looks for other libraries in its own folder, in the place of an entry that said what the flags say", () => {
  const data = library({ symbols: [["__isoc23_sscanf", 4]], versions });
  suitOlderGlibc(data, 36);
  const elf = new ElfFile(data);
  const [path, ...others] = elf.dynamicEntries();
  expect(path!.tag).toBe(15);
  expect(elf.nameAt(path!.value)).toBe("$ORIGIN");
  expect(others.map(({ tag, value }) => [tag, value])).toEqual([
    [30, 2],
    [0, 0],
  ]);
});

it.each<[string, Library, RegExp]>([
  ["a function of the newer glibc", { symbols: [["strlcpy", 4]], versions }, /needs strlcpy of GLIBC_2\.38.*2\.36/],
  ["no old version", { symbols: [["__isoc23_strtol", 2]], versions: ["GLIBC_2.38"] }, /GLIBC_2\.2\.5/],
  ["nothing renamed", { symbols: [["malloc", 2]], versions }, /no room for a search path/],
  [
    "no flags",
    { symbols: [["__isoc23_strtol", 4]], versions, dynamic: [[16, 0]] },
    /dynamic section has no entry to spare/,
  ],
  [
    "a search path",
    { symbols: [["__isoc23_strtol", 4]], versions, dynamic: [...symbolic, [15, 1]] },
    /has a search path already/,
  ],
])("refuses a library with %s", (_, parts, message) => {
  expect(() => suitOlderGlibc(library(parts), 36)).toThrow(message);
});

it("refuses what is no library", () => {
  expect(() => suitOlderGlibc(Buffer.from("#!/bin/sh\n".repeat(20)), 36)).toThrow(/no 64-bit ELF library/);
  const data = library({ symbols: [], versions });
  data.writeUInt16LE(1, 0x3c); // One section, and none of the tables.
  expect(() => suitOlderGlibc(data, 36)).toThrow(/no table of dynamic/);
});

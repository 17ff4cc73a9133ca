import type { Random } from "@fledge/random";

/** Numbers that lengths, counts and offsets go wrong at. */
const edges = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** What formats begin, end or divide with, put where it does not belong. */
const tokens = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "\\",
  "\n",
  "\0",
  "-1",
  "1e999",
  "null",
  "PK\x01\x02",
  "__proto__",
  "../",
  "\xff\xd9",
];

type Mutation = (bytes: Buffer, random: Random, seeds: readonly Buffer[]) => Buffer;

const cut = (bytes: Buffer, start: number, end: number, between: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, start), between, bytes.subarray(end)]);

/** A random range of at most `most` bytes. */
function range({ length }: Buffer, random: Random, most = 512): readonly [start: number, end: number] {
  const start = random.integer(0, length + 1);
  return [start, Math.min(length, start + random.integer(0, most))];
}

const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const changed = Buffer.from(bytes);
    for (let left = random.integer(1, 9); left > 0 && bytes.length > 0; left--)
      changed[random.integer(0, bytes.length)]! ^= 1 << random.integer(0, 8);
    return changed;
  },
  function setByte(bytes, random) {
    const changed = Buffer.from(bytes);
    if (bytes.length > 0) changed[random.integer(0, bytes.length)] = random.integer(0, 256);
    return changed;
  },
  function truncate(bytes, random) {
    return Buffer.from(bytes.subarray(0, random.integer(0, bytes.length + 1)));
  },
  function remove(bytes, random) {
    return cut(bytes, ...range(bytes, random), Buffer.alloc(0));
  },
  function duplicate(bytes, random) {
    const [start, end] = range(bytes, random);
    return cut(bytes, end, end, bytes.subarray(start, end));
  },
  function splice(bytes, random, seeds) {
    const other = random.choice(seeds);
    const [start, end] = range(other, random, 4096);
    return cut(bytes, ...range(bytes, random), other.subarray(start, end));
  },
  function writeLength(bytes, random) {
    const changed = Buffer.from(bytes);
    const width = random.choice([1, 2, 4, 8]);
    if (bytes.length < width) return changed;
    const near = [bytes.length, bytes.length - 1, bytes.length + 1, random.integer(0, 2 ** 31)];
    const value = BigInt.asUintN(8 * width, BigInt(random.choice([...edges, ...near])));
    const hex = value.toString(16).padStart(2 * width, "0");
    const digits = Buffer.from(hex, "hex");
    changed.set(random.integer(0, 4) === 0 ? digits : digits.reverse(), random.integer(0, bytes.length - width + 1));
    return changed;
  },
  function insertToken(bytes, random) {
    const token = Buffer.from(random.choice(tokens), "latin1");
    const [start, end] = range(bytes, random, 4);
    return cut(bytes, start, end, token);
  },
  function changeNumber(bytes, random) {
    const digits = [...bytes.toString("latin1").matchAll(/\d+/g)].slice(0, 4096);
    if (digits.length === 0) return Buffer.from(bytes);
    const { index, 0: old } = random.choice(digits);
    const value = random.choice([...edges, -1, 2 ** 53, 1e300, Number(old) + 1, Number(old) * 2]);
    return cut(bytes, index, index + old.length, Buffer.from(String(value)));
  },
];

/** One to four mutations of one of the seeds. */
export function mutate(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes = random.choice(seeds);
  for (let left = random.choice([1, 1, 1, 2, 3, 4]); left > 0; left--)
    bytes = random.choice(mutations)(bytes, random, seeds);
  return bytes;
}

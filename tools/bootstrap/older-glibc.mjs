import { ElfFile } from "./elf-file.mjs";

/** glibc 2.38 gave these functions second names, for C23's binary numbers; what they do else is the same. */
const renamed = "__isoc23_";
const origin = "$ORIGIN\0";
const tags = { symbolic: 16, flags: 30, rpath: 15 };
const symbolicFlag = 2;

/** @param {string} version such as `GLIBC_2.38` @param {number} least */
function isNewer(version, least) {
  const [, minor] = /^GLIBC_2\.(\d+)/.exec(version) ?? [];
  return minor !== undefined && Number(minor) > least;
}

/**
 * Makes `__isoc23_strtol` and its like of a newer glibc the plain `strtol` of any glibc, in place: the name begins later
 * in the same string, and the version that the library needs becomes the oldest.
 * @param {ElfFile} elf
 * @param {number} minor the system's glibc is 2.minor
 * @returns {number[]} offsets of the names that are free now, `renamed` and what follows
 * @throws where it needs anything else of a newer glibc
 */
function usePlainNames(elf, minor) {
  const versions = [...elf.neededVersions()].filter(({ library }) => library.startsWith("libc.so"));
  const oldest = versions.find(({ version }) => version === "GLIBC_2.2.5");
  if (!oldest) throw new Error("it needs no symbol of GLIBC_2.2.5, whose version could stand for a newer one");
  const newer = versions.filter(({ version }) => isNewer(version, minor));
  /** @type {number[]} */
  const freed = [];
  for (const { at, versionAt, nameOffset } of elf.symbols()) {
    const version = newer.find(({ index }) => index === (elf.data.readUInt16LE(versionAt) & 0x7fff));
    if (!version) continue;
    const name = elf.nameAt(nameOffset);
    if (!name.startsWith(renamed)) throw new Error(`it needs ${name} of ${version.version}, and glibc is 2.${minor}`);
    elf.data.writeUInt32LE(nameOffset + renamed.length, at);
    elf.data.writeUInt16LE(oldest.index, versionAt);
    freed.push(nameOffset);
  }
  // The hash of the version's name and its name; flags and index between them stay.
  for (const { at } of newer) {
    elf.data.copy(elf.data, at, oldest.at, oldest.at + 4);
    elf.data.copy(elf.data, at + 8, oldest.at + 8, oldest.at + 12);
  }
  return freed;
}

/**
 * Makes the library look for others in its own folder first, so that no environment variable need name it. The path
 * takes the place of a freed name, and its entry that of DT_SYMBOLIC, which DT_FLAGS says once more.
 * @param {ElfFile} elf
 * @param {readonly number[]} freed
 */
function searchOwnFolder(elf, freed) {
  const entries = [...elf.dynamicEntries()];
  if (entries.some(({ tag }) => tag === tags.rpath)) throw new Error("it has a search path already");
  const flags = entries.find(({ tag }) => tag === tags.flags)?.value ?? 0;
  const spare = entries.find(({ tag }) => tag === tags.symbolic);
  if (!spare || (flags & symbolicFlag) === 0) throw new Error("its dynamic section has no entry to spare");
  const used = new Set([...elf.symbols()].map(({ nameOffset }) => nameOffset));
  const place = freed.find((offset) => !Array.from(origin, (_, index) => offset + index).some((at) => used.has(at)));
  if (place === undefined) throw new Error("its names leave no room for a search path");
  elf.data.write(origin, elf.strings.offset + place, "latin1");
  elf.data.writeBigUInt64LE(BigInt(tags.rpath), spare.at);
  elf.data.writeBigUInt64LE(BigInt(place), spare.at + 8);
}

/**
 * Changes a library that was built against a newer glibc, in place, so that it loads with this system's and finds its
 * own libraries beside it.
 * @param {Buffer} data the file
 * @param {number} minor the system's glibc is 2.minor
 * @throws where it needs anything of the newer glibc but other names for the same functions
 */
export function suitOlderGlibc(data, minor) {
  const elf = new ElfFile(data);
  searchOwnFolder(elf, usePlainNames(elf, minor));
}

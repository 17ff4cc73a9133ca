/**
 * The tables of a 64-bit little-endian ELF file that say what a dynamic library imports, and from where
 * (elf(5); versions: LSB Core, "Symbol Versioning").
 */

const sectionTypes = { dynamic: 6, symbols: 11, versionNeeds: 0x6ffffffe, versions: 0x6fffffff };

/** A name in the dynamic string table, at `at` in the file. @typedef {{ at: number, text: string }} Name */

export class ElfFile {
  /** @param {Buffer} data @throws where the tables are not there */
  constructor(data) {
    const isElf = data.length >= 64 && data.readUInt32BE(0) === 0x7f454c46 && data.readUInt16BE(4) === 0x0201;
    if (!isElf) throw new Error("it is no 64-bit ELF library");
    this.data = data;
    const first = this.u64(0x28);
    const sections = Array.from({ length: data.readUInt16LE(0x3c) }, (_, index) => {
      const at = first + index * 64;
      return {
        type: data.readUInt32LE(at + 4),
        offset: this.u64(at + 24),
        size: this.u64(at + 32),
        link: data.readUInt32LE(at + 40),
      };
    });
    /** @param {keyof typeof sectionTypes} name */
    const find = (name) => {
      const section = sections.find(({ type }) => type === sectionTypes[name]);
      if (!section) throw new Error(`it has no table of ${name}`);
      return section;
    };
    this.dynamic = find("dynamic");
    this.symbolTable = find("symbols");
    this.versionTable = find("versions");
    this.needs = find("versionNeeds");
    const strings = sections[this.symbolTable.link];
    if (!strings) throw new Error("its symbols have no names");
    this.strings = strings;
  }

  /** @param {number} at */
  u64(at) {
    return Number(this.data.readBigUInt64LE(at));
  }

  /** @param {number} offset in the string table @returns {string} */
  nameAt(offset) {
    const at = this.strings.offset + offset;
    return this.data.toString("latin1", at, this.data.indexOf(0, at));
  }

  /** Every dynamic symbol: where its entry and its version lie, and the offset of its name. */
  *symbols() {
    const { offset, size } = this.symbolTable;
    for (let index = 0; index < size / 24; index++) {
      const at = offset + index * 24;
      yield { at, versionAt: this.versionTable.offset + index * 2, nameOffset: this.data.readUInt32LE(at) };
    }
  }

  /** Every version of a library's symbols that is needed: where its entry lies, its name and its index. */
  *neededVersions() {
    let at = this.needs.offset;
    for (;;) {
      const library = this.nameAt(this.data.readUInt32LE(at + 4));
      let entry = at + this.data.readUInt32LE(at + 8);
      for (let left = this.data.readUInt16LE(at + 2); left > 0; left--) {
        const nameOffset = this.data.readUInt32LE(entry + 8);
        yield { at: entry, library, version: this.nameAt(nameOffset), index: this.data.readUInt16LE(entry + 6) };
        entry += this.data.readUInt32LE(entry + 12);
      }
      const next = this.data.readUInt32LE(at + 12);
      if (next === 0) return;
      at += next;
    }
  }

  /** The entries of the dynamic section: where each lies, its tag and its value. */
  *dynamicEntries() {
    const { offset, size } = this.dynamic;
    for (let at = offset; at < offset + size; at += 16) yield { at, tag: this.u64(at), value: this.u64(at + 8) };
  }
}

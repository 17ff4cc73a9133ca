import { crc32 } from "node:zlib";
import { fromBufferPromise, type Entry, type LocalFileHeader, type ZipFile } from "yauzl";
import { refuse, TorchWeightsError } from "./error.ts";

/** ResNet-152 has 932 tensors. */
const maxEntries = 100_000;

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** In an entry's flags: its sizes and checksum follow the data, and are 0 in the local header. */
const sizesFollow = 0x8;
/** In a 32-bit size: the true one is in the zip64 field. */
const sizeIsElsewhere = 0xffff_ffff;

/** A header's size, where it has one. */
const sizesFit = (size: number, entry: Entry): boolean =>
  size === entry.uncompressedSize ||
  size === sizeIsElsewhere ||
  ((entry.generalPurposeBitFlag & sizesFollow) !== 0 && size === 0);

/** The local header says what the directory says; a reader of the one would otherwise see another file. */
function headersAgree(entry: Entry, local: LocalFileHeader): boolean {
  return (
    local.compressionMethod === entry.compressionMethod &&
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    sizesFit(local.compressedSize, entry) &&
    sizesFit(local.uncompressedSize, entry)
  );
}

/** Where a stored entry's bytes lie in the archive. */
async function rangeOf(zip: ZipFile, entry: Entry, sizeBytes: number): Promise<Range> {
  const name = entry.fileName;
  if (entry.compressionMethod !== 0 || !entry.canDecodeFileData()) {
    refuse(
      `zip entry ${JSON.stringify(name)} is compressed or encrypted; torch.save stores its entries as they are: unpack it`,
    );
  }
  const local = await zip.readLocalFileHeaderPromise(entry, {});
  if (!entry.fileNameRaw.equals(local.fileName)) {
    refuse(`zip entry ${JSON.stringify(name)} has another name where its data begin`);
  }
  if (!headersAgree(entry, local)) {
    refuse(`zip entry ${JSON.stringify(name)} has another size or method where its data begin`);
  }
  const end = local.fileDataStart + entry.uncompressedSize;
  if (end > sizeBytes) refuse(`zip entry ${JSON.stringify(name)} runs past the end of the file`);
  return { name, start: local.fileDataStart, end };
}

/** Overlapping entries let a small archive stand for a huge one. */
function refuseOverlaps(ranges: readonly Range[]): void {
  let before = 0;
  for (const { name, start, end } of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < before) refuse(`zip entry ${JSON.stringify(name)} overlaps the one before it`);
    before = end;
  }
}

async function rangesOf(bytes: Buffer): Promise<Map<string, Range & { readonly crc32: number }>> {
  // Of equal names, of names that climb and of sizes that contradict each other, two readers could make two files.
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
  if (zip.entryCount > maxEntries) refuse(`a zip of ${zip.entryCount} entries is above the bound of ${maxEntries}`);
  const ranges = new Map<string, Range & { readonly crc32: number }>();
  for await (const entry of zip.eachEntry()) {
    if (ranges.has(entry.fileName)) refuse(`zip entry ${JSON.stringify(entry.fileName)} stands twice`);
    ranges.set(entry.fileName, { ...(await rangeOf(zip, entry, bytes.length)), crc32: entry.crc32 });
  }
  return ranges;
}

/**
 * A CRC of 0 says that there is none: torch.serialization.set_crc32_options(False) writes it for every entry, and
 * torch.load checks none. Bytes that were damaged on the way cannot be told in such a file.
 */
const misses = (data: Uint8Array, expected: number): boolean => expected !== 0 && crc32(data) !== expected;

/**
 * Lists a zip whose entries are stored as they are; nothing is unpacked.
 * @returns views of `bytes` by entry name
 * @throws TorchWeightsError for any other zip, and for one whose entries overlap, stand twice or miss their checksums
 */
export async function readStoredZip(bytes: Buffer): Promise<Map<string, Uint8Array>> {
  const ranges = await rangesOf(bytes).catch((error: Error) => {
    if (error instanceof TorchWeightsError) throw error;
    // yauzl's errors have no class of their own.
    return refuse(`it is no whole zip archive: ${error.message}; get the file again`);
  });
  refuseOverlaps([...ranges.values()]);
  const entries = new Map<string, Uint8Array>();
  for (const [name, { start, end, crc32: expected }] of ranges) {
    const data = bytes.subarray(start, end);
    if (misses(data, expected)) {
      refuse(`zip entry ${JSON.stringify(name)} is damaged: its bytes miss their checksum; get the file again`);
    }
    entries.set(name, data);
  }
  return entries;
}

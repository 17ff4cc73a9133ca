import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { FileError, isWriteFault, whyNoFile, writeFolderWhole } from "@fledge/files";
import { Unpack } from "tar";
import { DataError } from "../error.ts";
import { kindBytes, kindOf } from "../file-kind.ts";
import { chunksOf, isSystemFault, lookAt, UnreadableError } from "../unreadable.ts";
import { makeGate, type Limits } from "./gate.ts";

/**
 * Unpacks tar archives, gzipped or not, into the one new folder `target`, which appears whole or not at all.
 * Throws DataError, naming the archive and the entry, where `target` exists, an archive is something else, damaged or cut
 * short, or an entry is an absolute path, leaves the folder, is a link or a device, comes twice, or passes the limits;
 * FileError where the system does not let an entry be written.
 */
export async function extractArchives(archives: readonly string[], target: string, limits?: Limits): Promise<void> {
  const folder = resolve(target);
  if (lookAt(folder)) {
    throw new DataError({ file: folder }, "this exists, and nothing is overwritten", "Name a new folder or remove it");
  }
  await writeFolderWhole(folder, async (work) => {
    const gate = makeGate(limits);
    for (const archive of archives) {
      await requireTar(archive);
      await unpack(archive, work, gate);
    }
  });
}

/** Throws DataError where the archive's first bytes show it to be something else, whatever its name. */
async function requireTar(archive: string): Promise<void> {
  const wrong = whyNoFile(archive);
  if (wrong !== null) throw new DataError({ file: archive }, wrong, "Give the published archive");
  const first: Buffer[] = [];
  for await (const chunk of chunksOf(archive, { end: kindBytes - 1 })) first.push(chunk);
  const kind = kindOf(Buffer.concat(first));
  if (kind === undefined || ["gzip data", "a tar archive", "an empty file"].includes(kind)) return;
  const problem = `this archive cannot be unpacked: it is no tar archive, gzipped or not, but ${kind}`;
  throw new DataError({ file: archive }, problem, "Download the published archive");
}

async function unpack(archive: string, folder: string, gate: ReturnType<typeof makeGate>): Promise<void> {
  const source = createReadStream(archive);
  let refused = false;
  const finished = new Promise<void>((done, fail) => {
    const unpacker = new Unpack({
      cwd: folder,
      strict: true,
      preserveOwner: false,
      filter: (_, entry) => {
        // Of an archive that was refused, nothing more is written.
        if (refused || !("type" in entry)) return false;
        const reason = gate(entry);
        refused = reason !== undefined;
        if (reason !== undefined) {
          fail(
            new DataError({ file: archive }, `this archive is refused: ${reason}`, "Download the published archive"),
          );
        }
        // Only the owner writes, everyone reads: no set-user-id, no folder that cannot be entered.
        entry.mode = entry.type === "Directory" ? 0o755 : 0o644;
        return !refused;
      },
    });
    source.on("error", (error) => fail(isSystemFault(error) ? new UnreadableError(archive, error) : error));
    unpacker.on("error", (error: NodeJS.ErrnoException) => {
      if (isWriteFault(error)) return fail(new FileError(error.path ?? folder, error));
      const problem = `this archive cannot be unpacked: ${error.message}`;
      fail(new DataError({ file: archive }, problem, "Download it again; it may be cut short", error));
    });
    unpacker.on("close", done);
    source.pipe(unpacker as unknown as NodeJS.WritableStream);
  });
  await finished.finally(() => source.destroy());
}

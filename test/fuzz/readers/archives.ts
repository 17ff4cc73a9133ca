import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DataError, extractArchives } from "@fledge/data";
import { create } from "tar";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

/** A small data set's archive: folders, a list, images of a few hundred bytes. */
function tarBytes(): Buffer {
  const source = join(scratch, "source");
  for (const name of ["images/001.A/a.jpg", "images/002.B/b.jpg", "lists/train.txt"]) {
    mkdirSync(join(source, name, ".."), { recursive: true });
    writeFileSync(join(source, name), `${name}\n`.repeat(name.length));
  }
  const file = join(scratch, "seed.tar");
  create({ sync: true, file, cwd: source, portable: true, mtime: new Date(0) }, ["images", "lists"]);
  return readFileSync(file);
}

function treeOf(folder: string, within = ""): string[] {
  return readdirSync(join(folder, within))
    .sort()
    .flatMap((name) => {
      const path = join(within, name);
      const isFolder = statSync(join(folder, path)).isDirectory();
      return isFolder ? treeOf(folder, path) : [path, readFileSync(join(folder, path), "latin1")];
    });
}

const whole = tarBytes();

const archive = (name: string, seed: Buffer, isChecked: boolean, lane = 0): Reader => {
  const home = join(scratch, `${name}-${lane}`);
  const file = join(home, name);
  const target = join(home, "target");
  mkdirSync(home, { recursive: true });
  return {
    name,
    seeds: [seed],
    async read(bytes) {
      if (existsSync(target)) rmSync(target, { recursive: true });
      writeFileSync(file, bytes);
      const extraction = extractArchives([file], target, { entries: 1000, bytes: 2 ** 24 });
      const refusal = await extraction.catch((error: Error) => error);
      const strangers = readdirSync(home).filter((entry) => entry !== name && entry !== "target");
      for (const stranger of strangers) rmSync(join(home, stranger), { recursive: true });
      if (strangers.length > 0) throw new Error(`left outside the target: ${strangers.join()}`);
      if (refusal) throw refusal;
      return digest(...treeOf(target));
    },
    refusals: [DataError],
    origin: file,
    checked: () => isChecked,
    twin: (other) => archive(name, seed, isChecked, other),
  };
};

export const tar = archive("tar", whole, false);
export const tgz = archive("tgz", gzipSync(whole), true);

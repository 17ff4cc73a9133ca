import type { Reader } from "../reader.ts";
import { tar, tgz } from "./archives.ts";
import { checkpoint, checkpointProgress } from "./checkpoints.ts";
import { jpeg, png, webp } from "./images.ts";
import { cub2010, cub2011 } from "./lists.ts";
import { benchResults, caseFile } from "./measured.ts";
import { runFiles } from "./run-files.ts";
import { safetensors, safetensorsHeader, torchLegacy, torchZip, weights } from "./weights.ts";

export const readers: readonly Reader[] = [
  safetensors,
  safetensorsHeader,
  torchZip,
  torchLegacy,
  weights,
  checkpoint,
  checkpointProgress,
  tar,
  tgz,
  jpeg,
  png,
  webp,
  cub2010,
  cub2011,
  ...runFiles,
  benchResults,
  caseFile,
];

/** @throws where there is none of that name */
export function readerOf(name: string): Reader {
  const found = readers.find((reader) => reader.name === name);
  if (found) return found;
  throw new Error(`there is no reader "${name}"; there is ${readers.map((reader) => reader.name).join(", ")}`);
}

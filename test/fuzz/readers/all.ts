import type { Reader } from "../reader.ts";
import { tar, tgz } from "./archives.ts";
import { jpeg, png, webp } from "./images.ts";
import { runFiles } from "./run-files.ts";
import { safetensors, safetensorsHeader, torchLegacy, torchZip } from "./weights.ts";

export const readers: readonly Reader[] = [
  safetensors,
  safetensorsHeader,
  torchZip,
  torchLegacy,
  tar,
  tgz,
  jpeg,
  png,
  webp,
  ...runFiles,
];

/** @throws where there is none of that name */
export function readerOf(name: string): Reader {
  const found = readers.find((reader) => reader.name === name);
  if (found) return found;
  throw new Error(`there is no reader "${name}"; there is ${readers.map((reader) => reader.name).join(", ")}`);
}

import { readFile } from "node:fs/promises";
import { whyNoFile } from "@fledge/files";
import { decodeSafetensors } from "./decode.ts";
import { SafetensorsError, type SafetensorsFile } from "./tensor.ts";

/** Reads a safetensors file, see `decodeSafetensors`. @throws SafetensorsError, also where the file cannot be read */
export async function readSafetensors(file: string): Promise<SafetensorsFile> {
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new SafetensorsError(`${file}: ${wrong}`);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new SafetensorsError(`${file}: ${problem}`, { cause: error });
  });
  return decodeSafetensors(bytes, file);
}

import { readFile } from "node:fs/promises";
import { decodeSafetensors } from "./decode.ts";
import { SafetensorsError, type SafetensorsFile } from "./tensor.ts";

/** Reads a safetensors file, see `decodeSafetensors`. @throws SafetensorsError, also where the file cannot be read */
export async function readSafetensors(file: string): Promise<SafetensorsFile> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a directory, not a file",
    };
    const problem = reasons[error.code ?? ""] ?? error.message;
    throw new SafetensorsError(`${file}: ${problem}`, { cause: error });
  });
  return decodeSafetensors(bytes, file);
}

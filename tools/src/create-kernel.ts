import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OptionsError } from "@fledge/bench/command-line";
import { writeFolderWhole } from "@fledge/files";
import { format, getFileInfo, resolveConfig } from "prettier";

const pascal = (name: string): string => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
const camel = (name: string): string => pascal(name).replace(/^./, (letter) => letter.toLowerCase());

const starter = "starter-kernel";

/** The text with the starter's name replaced in each of its spellings. */
const rename = (text: string, name: string): string =>
  text.replaceAll(starter, name).replaceAll(camel(starter), camel(name)).replaceAll(pascal(starter), pascal(name));

/** The text as Prettier lays it out where it would be in `file`: another name makes other line ends and columns. */
async function formatted(text: string, file: string): Promise<string> {
  const { inferredParser } = await getFileInfo(file);
  return inferredParser === null ? text : format(text, { ...(await resolveConfig(file)), filepath: file });
}

/**
 * Copies the starter project to `kernels/<name>` under its new name, whole or not at all.
 * @throws OptionsError if the name is not in small letters with hyphens, or is taken
 */
export async function createKernel(starterFolder: string, kernelsFolder: string, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new OptionsError(`"${name}" is no name for a kernel; write it in small letters with hyphens: leaky-relu`);
  }
  const target = join(kernelsFolder, name);
  if (existsSync(target)) throw new OptionsError(`${target} exists already; choose another name`);
  await writeFolderWhole(target, async (draft) => {
    cpSync(starterFolder, draft, { recursive: true, filter: (path) => !path.includes("node_modules") });
    for (const path of readdirSync(draft, { recursive: true, encoding: "utf8" })) {
      const file = join(draft, path);
      if (statSync(file).isDirectory()) continue;
      const text = rename(readFileSync(file, "utf8"), name);
      writeFileSync(file, await formatted(text, join(starterFolder, path)));
      renameSync(file, join(draft, rename(path, name)));
    }
  });
}

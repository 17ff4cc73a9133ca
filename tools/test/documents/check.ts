import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { parse } from "shell-quote";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { faultOfFledge } from "./fledge.ts";
import type { Documented } from "./read.ts";
import { files, npmScripts, projects, readText } from "./workspace.ts";

/** npm's own commands that documents may name. */
const npmCommands = ["ci", "install", "test", "run"];

/** What scripts a document may start by name, with the one that takes their options. */
const scriptFiles: Readonly<Record<string, string>> = {
  faults: "test/faults/main.mjs",
  peers: "bench/peers/options.ts",
  "new-kernel": "tools/src/new-kernel.ts",
  "gpu-suite": "tools/src/gpu-suite/options.ts",
  notices: "tools/src/notices.ts",
};

interface Place {
  /** Folders relative to the workspace, where paths may start: the root, or the document's own. */
  readonly folders: readonly string[];
  readonly inSentence: boolean;
}

const isPattern = (path: string): boolean => path.includes("*");

function exists(path: string, { folders }: Place): boolean {
  if (isPattern(path)) {
    const pattern = new RegExp(`^${path.replaceAll(/[.+]/g, "\\$&").replaceAll("*", "[^/]*")}$`);
    return files.some((file) => folders.some((folder) => pattern.test(posix.relative(folder, file))));
  }
  return folders.some((folder) => existsSync(join(workspaceRoot, folder, path)));
}

/** Which options a script's text, or those of the files beside it, do not have. */
function faultOfOptions(file: string, words: readonly string[]): string | null {
  const text = files
    .filter((other) => posix.dirname(other) === posix.dirname(file))
    .map(readText)
    .join("\n");
  const stranger = words
    .filter((word) => word.startsWith("--") && word !== "--help")
    .map((word) => word.slice(2).split("=")[0]!)
    .find((name) => !new RegExp(`(["']|--|^\\s*)${name}\\b`, "m").test(text));
  return stranger === undefined ? null : `${file} has no option --${stranger}`;
}

function faultOfScript([file, ...words]: readonly string[], place: Place): string | null {
  if (file === undefined) return "which file is to be run?";
  if (!exists(file, place)) return `there is no file ${file}`;
  const path = place.folders.map((folder) => posix.join(folder, file)).find((path) => files.includes(path)) ?? file;
  if (path.endsWith(".bench.ts")) return faultOfFledge(["bench", ...words], true);
  return faultOfOptions(path, words);
}

function faultOfNpm(words: readonly string[], place: Place): string | null {
  const [command, script, ...rest] = words[0] === "test" ? ["run", ...words] : words;
  if (!npmCommands.includes(command!)) return `npm ${command} is not known to this check`;
  if (command !== "run") return null;
  if (script === undefined || !npmScripts.has(script)) return `package.json has no script "${script}"`;
  const passed = rest[0] === "--" ? rest.slice(1) : rest;
  if (script === "fledge") return faultOfFledge(passed, place.inSentence);
  if (passed.length === 0) return null;
  const file = scriptFiles[script];
  return file === undefined
    ? `npm run ${script} takes no arguments that this check knows`
    : faultOfOptions(file, passed);
}

/** `nx TARGET PROJECT [-- OPTIONS]`, `nx affected -t TARGET`, `nx graph`. */
function faultOfNx([first, second, third, ...rest]: readonly string[], { inSentence }: Place): string | null {
  if (first === "graph" && second === undefined) return null;
  if (first === "affected" && second === undefined && inSentence) return null;
  const targets = new Set([...projects.values()].flatMap((project) => [...project.targets]));
  if (["affected", "run-many"].includes(first!) && second === "-t")
    return targets.has(third!) ? null : `no project has a target "${third}"`;
  if (!targets.has(first!)) return `no project has a target "${first}"`;
  if (second === undefined) return inSentence ? null : "which project?";
  if (!projects.get(second)?.targets.has(first!)) return `there is no project "${second}" with a target "${first}"`;
  if (third === undefined) return null;
  return third === "--" && first === "bench"
    ? faultOfFledge(["bench", second, ...rest], inSentence)
    : `what is ${third}?`;
}

/** `vitest run --root FOLDER [-t NAME]`; its other paths count from the root that it is given. */
function faultOfVitest(words: readonly string[], place: Place): string | null {
  const valueOf = (option: string): string | undefined =>
    words.includes(option) ? words[words.indexOf(option) + 1] : undefined;
  const root = valueOf("--root");
  const strange = words.find((word) => word.startsWith("-") && !["--root", "--config", "-t"].includes(word));
  if (words[0] !== "run" || strange !== undefined) return `vitest ${strange ?? words[0]} is not known to this check`;
  if (root === undefined || !exists(root, place)) return `there is no folder ${root} to take as --root`;
  const config = valueOf("--config");
  return config === undefined || exists(posix.join(root, config), place)
    ? null
    : `--config counts from --root, and there is no ${posix.join(root, config)}: leave it out`;
}

function faultOfFiles(words: readonly string[], place: Place): string | null {
  const missing = words.find((word) => !word.startsWith("-") && !exists(word, place));
  return missing === undefined ? null : `there is no ${missing}`;
}

/** Words that lead into a folder of the workspace from its root. */
const topFolders = new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0]));
const looksInside = (word: string): boolean => word.includes("/") && topFolders.has(word.split("/")[0]);

function faultOfWords(words: readonly string[], place: Place): string | null {
  const [program, ...rest] = words;
  switch (program) {
    case "npx":
      return ["fledge", "nx", "tsx", "vitest", "prettier"].includes(rest[0]!)
        ? faultOfWords(rest, place)
        : `npx ${rest[0]} is not known to this check`;
    case "fledge":
      return faultOfFledge(rest, place.inSentence) ?? faultOfFiles(rest.filter(looksInside), place);
    case "npm":
      return (
        faultOfNpm(rest, place) ??
        faultOfFiles(
          rest.filter((word) => looksInside(word)),
          place,
        )
      );
    case "nx":
      return faultOfNx(rest, place);
    case "vitest":
      return faultOfVitest(rest, place);
    case "tsx":
    case "node":
    case "python3":
      return faultOfScript(rest, place);
    case "prettier":
    case "diff":
      return faultOfFiles(rest, place);
    default:
      return exists(program!, place) ? faultOfFiles(rest, place) : `${program} is not known to this check`;
  }
}

/** The words of each command of a line, without variables that are set for it and without remarks. */
function split(text: string): string[][] {
  // What a reader is to fill in: <kernel> is no redirection.
  const line = text.replaceAll(/<([\w-]+)>/g, (_, name: string) => name.replaceAll("-", "_").toUpperCase());
  const commands: string[][] = [[]];
  for (const token of parse(line, (name) => `$${name}`)) {
    if (typeof token === "string") commands.at(-1)!.push(token);
    else if ("pattern" in token) commands.at(-1)!.push(token.pattern);
    else if ("op" in token) commands.push([]);
  }
  return commands.map((words) => {
    const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    return words.slice(start < 0 ? words.length : start);
  });
}

/** Why a documented command would not run, or null. @param folder the document's, relative to the workspace */
export function faultOfCommand({ text, inSentence }: Documented, folder: string): string | null {
  let folders = [".", folder];
  for (const words of split(text)) {
    if (words.length === 0) continue;
    if (words[0] === "cd") {
      const target = words[1] ?? "";
      if (!exists(target, { folders, inSentence })) return `there is no folder ${target}`;
      folders = folders.map((from) => posix.join(from, target));
      continue;
    }
    const fault = faultOfWords(words, { folders, inSentence });
    if (fault !== null) return fault;
  }
  return null;
}

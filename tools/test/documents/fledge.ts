import { configFrom, type ConfigFlags } from "@fledge/orchestrator/src/cli/options.ts";
import { commandLine } from "@fledge/orchestrator/src/cli/command-line.mjs";
import { CommanderError, type Command } from "commander";
import { files, projects, readText } from "./workspace.ts";

interface Chosen {
  readonly command: Command;
  readonly words: readonly string[];
}

/** Makes every command tell that it was chosen, and do nothing. */
function disarm(command: Command, choose: (chosen: Chosen) => void): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => choose({ command, words: command.args }));
  for (const below of command.commands) disarm(below, choose);
}

const isPlaceholder = (word: string): boolean => /^[A-Z][A-Z_]*$/.test(word);

/** Whether there is a rung `01-naive`, or `conv2d-forward/01-naive`, in one of the folders. */
function hasRung(roots: readonly string[], id: string): boolean {
  const rung = id.split("/").at(-1)!;
  return roots.some((root) => files.some((file) => file.startsWith(`${root}/src/`) && file.endsWith(`/${rung}.wgsl`)));
}

const hasShape = (roots: readonly string[], name: string): boolean =>
  roots.some((root) =>
    files
      .filter((file) => file.startsWith(`${root}/bench/`) && file.endsWith(".ts"))
      .some((file) => readText(file).includes(JSON.stringify(name))),
  );

/** What a command names that is not there: projects with benchmarks, rungs, shapes, presets and settings. */
function faultOfValues({ command, words }: Chosen): string | null {
  const flags: ConfigFlags & { rung?: readonly string[]; shape?: readonly string[]; compare?: true } = command.opts();
  if (command.options.some(({ long }) => long === "--preset")) configFrom(flags);
  const asked = command.name() === "bench" && !flags.compare ? words.filter((word) => !isPlaceholder(word)) : [];
  const stranger = asked.find((name) => !projects.get(name)?.targets.has("bench"));
  if (stranger !== undefined) return `there are no benchmarks of "${stranger}"`;
  const roots =
    asked.length > 0
      ? asked.map((name) => projects.get(name)!.root)
      : [...projects.values()].map(({ root }) => root).filter((root) => root.startsWith("kernels/"));
  const rung = (flags.rung ?? []).find((id) => !isPlaceholder(id) && !hasRung(roots, id));
  if (rung !== undefined) return `there is no rung ${rung}`;
  const shape = (flags.shape ?? []).find((name) => !isPlaceholder(name) && !hasShape(roots, name));
  return shape === undefined ? null : `no benchmark has the shape "${shape}"`;
}

/** Why `fledge` would refuse these words, or null; it is not run. */
export function faultOfFledge(words: readonly string[], inSentence: boolean): string | null {
  let chosen: Chosen | undefined;
  const program = commandLine();
  disarm(program, (one) => (chosen = one));
  try {
    program.parse([...words], { from: "user" });
    return chosen ? faultOfValues(chosen) : null;
  } catch (error) {
    if (!(error instanceof CommanderError)) return (error as Error).message;
    const isHelp = error.exitCode === 0;
    const isCutShort = /missing/i.test(error.code) || error.code === "commander.help";
    return isHelp || (inSentence && isCutShort) ? null : error.message;
  }
}

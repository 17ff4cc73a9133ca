import { join } from "node:path";
import { commandLineOf } from "../cli/shell-words.mjs";
import { fledgeFile } from "./commands.ts";
import type { OpenStudy } from "./open-study.ts";

/** A text as Python writes it; in a shell directive braces are Snakemake's own. */
const python = (text: string): string => JSON.stringify(text);
const shell = (words: readonly string[]): string => python(commandLineOf(words).replaceAll(/[{}]/g, "$&$&"));

/**
 * The study as a Snakefile, a rule a node; it is to be run where relative paths hold that hold here.
 * @param passed flags for every command, as those that choose an adapter
 */
export function snakefileOf({ nodes, file, scale, folder, study }: OpenStudy, passed: readonly string[]): string {
  const doneFile = (id: string): string => python(join(folder, "snakemake", `${id.replace("/", "-")}.done`));
  const flags = [...(scale === undefined ? [] : ["--scale", scale]), "--study", folder, ...passed];
  const list = (ids: readonly string[]): string => ids.map((id) => `        ${doneFile(id)},\n`).join("");
  const rules = nodes.map(({ id, needs }, number) =>
    [
      `# ${id}`,
      `rule node_${number}:`,
      ...(needs.length === 0 ? [] : [`    input:\n${list(needs).trimEnd()}`]),
      `    output:\n        touch(${doneFile(id)}),`,
      `    shell:\n        ${shell([process.execPath, fledgeFile, "study", "node", file, id, ...flags])}`,
      "",
    ].join("\n"),
  );
  return `# The study "${study.name}", written by "fledge study export --snakemake": a rule a node, each of which goes on where it stopped.
# Beside what is noted as done here, a node that "fledge study run" or a job has done is not done again.
#   snakemake --snakefile THIS --cores 1 --keep-going

rule study:
    input:
${list(nodes.map(({ id }) => id))}

${rules.join("\n\n")}`;
}

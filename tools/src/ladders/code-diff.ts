import type { Rung } from "@fledge/runtime";
import { structuredPatch } from "diff";

/** What sets a rung's code apart from that of the rung it starts from; comments, empty lines and trailing spaces are no code. */
export interface CodeDiff {
  readonly added: number;
  readonly removed: number;
  /** Lines that begin with `+`, `-` or a space, three unchanged ones around each change, `@@` between distant changes. */
  readonly lines: readonly string[];
}

const codeOf = ({ module }: Rung<never>): string =>
  module.code
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .filter((line) => line !== "\n")
    .join("");

/** Null for a rung that starts from none. */
export function codeDiff(rung: Rung<never>): CodeDiff | null {
  if (!rung.from) return null;
  const { hunks } = structuredPatch("", "", codeOf(rung.from), codeOf(rung), "", "", { context: 3 });
  const lines = hunks.flatMap((hunk, index) => [...(index === 0 ? [] : ["@@"]), ...hunk.lines]);
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count("+"), removed: count("-"), lines };
}

/** `+46 -17`; empty for a rung that starts from none. */
export function sizeOfDiff(rung: Rung<never>): string {
  const diff = codeDiff(rung);
  return diff === null ? "" : `+${diff.added} -${diff.removed}`;
}

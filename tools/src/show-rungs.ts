// `fledge rungs`: a ladder as a tree of ideas, and the code by which a rung differs from the one it starts from.
import { parseArgs, styleText } from "node:util";
import type { Rung } from "@fledge/runtime";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { codeDiff, sizeOfDiff } from "./ladders/code-diff.ts";
import { allRungs, kernelRoots, laddersOf, type FoundLadder } from "./ladders/find-ladders.ts";
import { renderTree } from "./ladders/tree.ts";

const colours = { "+": "green", "-": "red", "@": "cyan" } as const;

function coloured(line: string): string {
  const colour = colours[line[0] as keyof typeof colours];
  return colour !== undefined && process.stdout.hasColors?.() ? styleText(colour, line) : line;
}

function showRung(rung: Rung<never>, withDiff: boolean): string {
  const diff = codeDiff(rung);
  const size = diff === null ? "starts the ladder" : `${sizeOfDiff(rung)} lines from ${rung.from!.id}`;
  const lines = withDiff ? (diff?.lines ?? []).map(coloured) : [];
  return [`${rung.id}: ${rung.idea}; ${size}`, ...lines].join("\n");
}

/** What a name means: whole ladders, or a rung of one. */
type Named = { readonly ladders: readonly FoundLadder[] } | { readonly rung: Rung<never> };

/** What `wanted` names, all ladders where it is undefined: a kernel's project, a ladder, or a rung. */
function find(found: readonly FoundLadder[], wanted: string | undefined): Named {
  const ladders = found.filter(
    ({ project, ladder }) => wanted === undefined || project === wanted || ladder.name === wanted,
  );
  if (ladders.length > 0) return { ladders };
  const rung = found.flatMap(({ ladder }) => allRungs(ladder)).find(({ id }) => id === wanted);
  if (rung) return { rung };
  throw new Error(
    `"${wanted}" is no kernel, ladder or rung; the ladders are ${found.map(({ ladder }) => ladder.name).join(", ")}`,
  );
}

function textOf(named: Named, withDiff: boolean): string {
  if ("rung" in named) return showRung(named.rung, withDiff);
  return named.ladders
    .flatMap(({ ladder }) =>
      withDiff ? allRungs(ladder).map((rung) => showRung(rung, true)) : `${ladder.name}\n${renderTree(ladder)}`,
    )
    .join("\n\n");
}

/** A rung for a program to read: how much of its code differs from the rung it starts from, and with `--diff` the lines. */
function recordOf(rung: Rung<never>, withDiff: boolean): object {
  const { added, removed, lines } = codeDiff(rung) ?? { added: null, removed: null, lines: [] };
  return { id: rung.id, from: rung.from?.id ?? null, idea: rung.idea, added, removed, ...(withDiff && { lines }) };
}

function jsonOf(named: Named, withDiff: boolean): string {
  const rungs = "rung" in named ? [named.rung] : named.ladders.flatMap(({ ladder }) => allRungs(ladder));
  return JSON.stringify(
    rungs.map((rung) => recordOf(rung, withDiff)),
    null,
    2,
  );
}

try {
  const { values, positionals } = parseArgs({
    options: { diff: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const found = (await Promise.all(kernelRoots(workspaceRoot).map(laddersOf))).flat();
  const named = find(found, positionals[0]);
  console.log(values.json ? jsonOf(named, values.diff) : textOf(named, values.diff));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

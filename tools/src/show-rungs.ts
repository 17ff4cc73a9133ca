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

/** What `wanted` names, all ladders where it is undefined: a kernel's project, a ladder, or a rung. */
function show(found: readonly FoundLadder[], wanted: string | undefined, withDiff: boolean): string[] {
  const ladders = found.filter(
    ({ project, ladder }) => wanted === undefined || project === wanted || ladder.name === wanted,
  );
  if (ladders.length > 0) {
    return ladders.map(({ ladder }) =>
      withDiff
        ? allRungs(ladder)
            .map((rung) => showRung(rung, true))
            .join("\n\n")
        : `${ladder.name}\n${renderTree(ladder)}`,
    );
  }
  const rungs = found.flatMap(({ ladder }) => allRungs(ladder)).filter(({ id }) => id === wanted);
  if (rungs.length > 0) return rungs.map((rung) => showRung(rung, withDiff));
  throw new Error(
    `"${wanted}" is no kernel, ladder or rung; the ladders are ${found.map(({ ladder }) => ladder.name).join(", ")}`,
  );
}

try {
  const { values, positionals } = parseArgs({
    options: { diff: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const found = (await Promise.all(kernelRoots(workspaceRoot).map(laddersOf))).flat();
  console.log(show(found, positionals[0], values.diff).join("\n\n"));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

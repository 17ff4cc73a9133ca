import { rungFile, type Ladder, type Rung } from "@fledge/runtime";
import { sizeOfDiff } from "./code-diff.ts";
import { allRungs } from "./find-ladders.ts";

interface Branch {
  /** With the lines of the tree that lead to it: `│  ├─ 02-tiled`. */
  readonly name: string;
  readonly size: string;
  readonly idea: string;
}

/** The rungs in the order of the tree. */
function branchesOf(rungs: readonly Rung<never>[]): Branch[] {
  const from = (rung: Rung<never>, ownLead: string, lead: string): Branch[] => {
    const children = rungs.filter((other) => other.from === rung);
    return [
      { name: `${ownLead}${rungFile(rung.id)}`, size: sizeOfDiff(rung), idea: rung.idea },
      ...children.flatMap((child, index) =>
        index === children.length - 1
          ? from(child, `${lead}└─ `, `${lead}   `)
          : from(child, `${lead}├─ `, `${lead}│  `),
      ),
    ];
  };
  return rungs.filter((rung) => !rung.from).flatMap((rung) => from(rung, "", ""));
}

/**
 * The ladder as a tree: each rung below the one it starts from, with the lines of code that it adds and removes, and its
 * idea.
 */
export function renderTree(ladder: Ladder<never>): string {
  const branches = branchesOf(allRungs(ladder));
  const nameWidth = Math.max(...branches.map(({ name }) => name.length));
  const sizeWidth = Math.max(...branches.map(({ size }) => size.length));
  return branches
    .map(({ name, size, idea }) => `${name.padEnd(nameWidth)}  ${size.padEnd(sizeWidth)}  ${idea}`)
    .join("\n");
}

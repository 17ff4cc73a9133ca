import type { RungView } from "../engine/engine.ts";

/** Lines of a header's field, from its `// Field` on. */
function field(source: string, name: string): string {
  const [, lines = ""] = new RegExp(`^(// ${name} .*\\n(?://\\s{2,}.*\\n)*)`, "m").exec(source) ?? [];
  return lines;
}

const headerOf = (source: string): string => /^(?:\/\/.*\n)*/.exec(source)![0];

/**
 * Where one's own rung begins: the dispatch floor's bindings and entry points, which do nothing, below the header that
 * every rung has, its claims still to be made.
 */
export function skeletonOf(kernel: string, rungs: readonly RungView[]): string {
  const floor = rungs.find(({ isFloor }) => isFloor);
  const plainest = rungs.find(({ isFloor }) => !isFloor)!;
  if (!floor) return plainest.source;
  return [
    `// ${kernel}, yours: what is your idea?\n`,
    field(plainest.source, "Computes"),
    field(plainest.source, "Layout"),
    "// Mapping   workgroup -> ?, invocation -> ?\n",
    "// Traffic   what one element of the result reads, and how often it comes from memory\n",
    "// Resources no workgroup memory; how many invocations a workgroup?\n",
    "// Expect    what that should gain, and why\n",
    "// Edges     sizes that are no multiple of a tile: what is not stored, what is loaded as 0?\n",
    floor.source.slice(headerOf(floor.source).length),
  ].join("");
}

interface Node {
  readonly id: string;
  readonly from: string | null;
}

/** Nodes with their depth, each below the one that it starts from, in ladder order. */
export function ideaTree<T extends Node>(nodes: readonly T[]): { readonly rung: T; readonly depth: number }[] {
  const below = (from: string | null, depth: number): { readonly rung: T; readonly depth: number }[] =>
    nodes.filter((node) => node.from === from).flatMap((rung) => [{ rung, depth }, ...below(rung.id, depth + 1)]);
  return below(null, 0);
}

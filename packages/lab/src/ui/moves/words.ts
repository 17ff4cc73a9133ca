import type { DispatchTrace, Memory, Step, StepAccess } from "@fledge/kernel-lab";

/** What lanes do to one memory in a step. */
interface Deed {
  readonly memory: string;
  readonly kind: "read" | "write";
  /** Cell by cell, the lanes. */
  readonly cells: ReadonlyMap<number, readonly number[]>;
}

const kindsOf = ({ kind }: StepAccess): readonly Deed["kind"][] => (kind === "update" ? ["read", "write"] : [kind]);

/** A step's reads, then its writes, memory by memory; an update is both. */
export function deedsOf(accesses: readonly StepAccess[]): Deed[] {
  const deeds = new Map<string, { memory: string; kind: Deed["kind"]; cells: Map<number, number[]> }>();
  for (const access of accesses)
    for (const kind of kindsOf(access)) {
      const key = `${kind} ${access.memory}`;
      let deed = deeds.get(key);
      if (!deed) deeds.set(key, (deed = { memory: access.memory, kind, cells: new Map() }));
      for (let cell = access.first; cell < access.first + access.count; cell += 1) {
        const lanes = deed.cells.get(cell) ?? [];
        if (!lanes.includes(access.lane)) lanes.push(access.lane);
        deed.cells.set(cell, lanes);
      }
    }
  return [...deeds.values()].sort((a, b) => a.kind.localeCompare(b.kind));
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** The least and the most, `3` or `0 to 4`. */
export function span(values: readonly number[]): string {
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
  return least >= most ? String(most) : `${least} to ${most}`;
}

function deedInWords({ memory, kind, cells }: Deed): string {
  const lanes = new Set([...cells.values()].flat());
  const each = span([...cells.values()].map((all) => all.length));
  const shared = cells.size === 1 ? "" : each === "1" ? ", each by one lane" : `, each by ${each} lanes`;
  const subject = lanes.size === 1 ? `lane ${[...lanes][0]}` : `${lanes.size} lanes`;
  const verb = lanes.size === 1 ? `${kind}s` : kind;
  const alone = cells.size === 1 ? `${memory}[${[...cells.keys()][0]}]` : `${counted(cells.size, "cell")} of ${memory}`;
  return `${subject} ${verb} ${alone}${shared}`;
}

/** What happens in a step: `16 lanes read 16 cells of x, each by one lane.` */
export function stepInWords({ accesses, barrier, lanes }: Step): string {
  if (barrier) return `${counted(lanes.length, "lane")} wait for one another at a barrier.`;
  const words = deedsOf(accesses).map(deedInWords).join("; ");
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
}

/** The lanes that touch a cell, in few characters: `3`, `0-3`, or only how many, `×4`. */
export function lanesInShort(lanes: readonly number[]): string {
  const [first, last] = [Math.min(...lanes), Math.max(...lanes)];
  if (lanes.length === 1) return String(first);
  const range = `${first}-${last}`;
  return last - first === lanes.length - 1 && range.length <= 4 ? range : `×${lanes.length}`;
}

/** How often the cells of a memory are read and written. */
export interface Tally {
  readonly memory: Memory;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export const cellCount = ({ shape }: Pick<Memory, "shape">): number =>
  shape.reduce((product, size) => product * size, 1);

/** Over some steps; lanes that read the same cell in the same step count each. Cells past the end are left out. */
export function tally(memories: readonly Memory[], steps: readonly Step[]): Tally[] {
  const tallies = new Map(
    memories.map((memory) => {
      const zeros = (): number[] => Array.from({ length: cellCount(memory) }, () => 0);
      return [memory.name, { memory, reads: zeros(), writes: zeros() }] as const;
    }),
  );
  for (const { accesses } of steps)
    for (const { memory, kind, first, count } of accesses) {
      const found = tallies.get(memory);
      if (!found) continue;
      const end = Math.min(first + count, found.reads.length);
      for (let cell = first; cell < end; cell += 1) {
        if (kind !== "write") found.reads[cell]! += 1;
        if (kind !== "read") found.writes[cell]! += 1;
      }
    }
  return [...tallies.values()];
}

/** The steps of all workgroups of a dispatch together. */
export const allSteps = ({ groups }: DispatchTrace): readonly Step[] => groups.flat();

/** A cell's place in a tensor's shape: `[0, 2, 1]`. */
export function placeOf(cell: number, shape: readonly number[]): string {
  const indices: number[] = [];
  for (const size of [...shape].reverse()) {
    indices.unshift(cell % size);
    cell = Math.floor(cell / size);
  }
  return `[${indices.join(", ")}]`;
}

/** What the comment above an entry point says, `///` or `//` before each line; empty where there is none. */
export function commentAbove(source: string, entryPoint: string): string {
  const found = new RegExp(`((?:^//.*\\n)+)@compute\\b[^{;]*\\bfn\\s+${entryPoint}\\b`, "m").exec(source);
  return (found?.[1] ?? "")
    .split("\n")
    .map((line) => line.replace(/^\/+\s*/, ""))
    .join(" ")
    .trim();
}

/** What the header of a module calls the axes of a tensor, `KH,KW,IC,OC`; empty where it does not, or has other axes. */
export function axesOf(source: string, { name, shape }: Pick<Memory, "name" | "shape">): string {
  const axes = new RegExp(`^//.*\\b${name} \\[([^\\]]+)\\]`, "m").exec(source)?.[1] ?? "";
  return axes.split(",").length === shape.length ? axes.replace(/\s/g, "") : "";
}

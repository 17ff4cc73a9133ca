import type { Memory } from "@fledge/kernel-lab";
import type { JSX } from "preact";
import { cellCount, placeOf, type deedsOf } from "./words.ts";

const pitch = 18;
const gap = 8;
/** A browser draws no more cells in the time that a step takes, and nobody looks at them. */
const mostCells = 4096;

/** Columns of a memory's picture, and after how many of them a gap stands: pixels beside one another, a strip each. */
function columnsOf({ shape }: Memory): { readonly columns: number; readonly strip: number } {
  const last = shape.at(-1) ?? 1;
  if (shape.length === 1) return { columns: Math.min(last, 16), strip: Infinity };
  const before = shape.at(-2)!;
  return shape.length >= 4 && last * before <= 48
    ? { columns: last * before, strip: last }
    : { columns: last, strip: Infinity };
}

/** Rows after which a gap stands: between images, between the parts of a stack. */
const blockOf = ({ shape }: Memory, strip: number): number =>
  strip === Infinity ? (shape.length >= 3 ? shape.at(-2)! : Infinity) : shape.at(-3)!;

/** A lane's colour, from the first to the last along the rainbow. */
export const laneColour = (lane: number, lanes: number): string =>
  `oklch(0.78 0.13 ${Math.round((330 * lane) / Math.max(lanes, 1)) + 20})`;

const roles: Readonly<Record<Memory["role"], string>> = {
  in: "input",
  out: "output",
  inout: "input and output",
  scratch: "scratch buffer",
  workgroup: "workgroup memory",
};

interface Props {
  readonly memory: Memory;
  readonly lanes: number;
  readonly deeds: ReturnType<typeof deedsOf>;
  /** How often each cell was read up to this step. */
  readonly reads: readonly number[];
  /** Cells that were written up to this step. */
  readonly writes: readonly number[];
  /** The lane that is followed; null for all. */
  readonly lane: number | null;
  readonly follow: (lane: number | null) => void;
}

/** One tensor or one variable in workgroup memory as a grid, with what the lanes do to it now. */
export function MemoryGrid({ memory, lanes, deeds, reads, writes, lane, follow }: Props) {
  const count = cellCount(memory);
  const drawn = count > mostCells ? 0 : count;
  const { columns, strip } = columnsOf(memory);
  const block = blockOf(memory, strip);
  const rows = Math.ceil(count / columns);
  const across = (column: number): number =>
    column * pitch + (strip === Infinity ? 0 : Math.floor(column / strip) * gap);
  const down = (row: number): number => row * pitch + (block === Infinity ? 0 : Math.floor(row / block) * gap);
  const width = across(columns - 1) + pitch + 2;
  const height = down(rows - 1) + pitch + 2;
  const busiest = reads.reduce((most, one) => Math.max(most, one), 1);
  const of = (kind: "read" | "write") => deeds.find((deed) => deed.memory === memory.name && deed.kind === kind)?.cells;
  const [reading, writing] = [of("read"), of("write")];

  const cells: JSX.Element[] = [];
  for (let cell = 0; cell < drawn; cell += 1) {
    const [x, y] = [across(cell % columns) + 1, down(Math.floor(cell / columns)) + 1];
    const active = [...new Set([...(reading?.get(cell) ?? []), ...(writing?.get(cell) ?? [])])];
    const shown = lane === null ? active : active.filter((one) => one === lane);
    const kind = writing?.has(cell) ? "writes" : "reads";
    const state = shown.length > 0 ? kind : active.length > 0 ? "others" : "";
    const share = reads[cell]! / busiest;
    cells.push(
      <g
        class={`cell ${state} ${writes[cell]! > 0 ? "written" : ""}`}
        onPointerEnter={active.length > 0 ? () => follow(active[0]!) : undefined}
        onPointerLeave={() => follow(null)}
      >
        <title>
          {memory.name}
          {placeOf(cell, memory.shape)}
          {active.length > 0 ? `: lane ${active.join(", ")} ${kind} it now` : ""}; read {reads[cell]} times so far
        </title>
        <rect class="ground" x={x} y={y} width={pitch - 2} height={pitch - 2} />
        <rect class="heat" x={x} y={y} width={pitch - 2} height={pitch - 2} style={{ opacity: 0.75 * share }} />
        {shown.length > 0 ? (
          <rect
            class="now"
            x={x}
            y={y}
            width={pitch - 2}
            height={pitch - 2}
            style={{ fill: laneColour(shown[0]!, lanes) }}
          />
        ) : null}
        {shown.length > 1 ? (
          <text x={x + pitch / 2 - 1} y={y + pitch / 2 + 3}>
            {shown.length}
          </text>
        ) : null}
      </g>,
    );
  }
  const words = deeds
    .filter((deed) => deed.memory === memory.name)
    .map(({ kind, cells: all }) => `${all.size} cells are ${kind === "read" ? "read" : "written"} now`);
  return (
    <figure class={`memory ${memory.role}`} data-memory={memory.name}>
      <figcaption>
        <b>{memory.name}</b> [
        {memory.shape.filter((size, index) => memory.role !== "workgroup" || index > 0 || size > 1).join(", ")}]{" "}
        <span>
          {roles[memory.role]}
          {memory.cell === null ? "" : `, a cell is a ${memory.cell}`}
        </span>
      </figcaption>
      {drawn < count ? (
        <p>
          Its {count} cells are more than the {mostCells} that are drawn: take smaller sizes.
          {words.length > 0 ? ` ${words.join(", ")}.` : ""}
        </p>
      ) : (
        <div class="scrolls" role="region" aria-label={memory.name} tabIndex={0}>
          <svg
            viewBox={`0 0 ${width} ${height}`}
            width={width}
            height={height}
            role="img"
            aria-label={`${memory.name}: ${words.length > 0 ? words.join(", ") : "untouched in this step"}`}
          >
            {cells}
          </svg>
        </div>
      )}
    </figure>
  );
}

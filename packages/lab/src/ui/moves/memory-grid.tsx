import type { Memory } from "@fledge/kernel-lab";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { layoutOf, pitch } from "./cell-layout.ts";
import { cellCount, lanesInShort, placeOf, type deedsOf } from "./words.ts";

/** A browser draws no more cells in the time that a step takes, and nobody looks at them. */
const mostCells = 4096;

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
  /** What its axes are called, `KH,KW,IC,OC`; empty where that is not told. */
  readonly axes: string;
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

/** Scrolls a picture that is larger than its frame to where something happens, if none of that is in sight. */
function useInSight(deeds: Props["deeds"], name: string, placeOf: ReturnType<typeof layoutOf>["placeOf"]) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const places = deeds.filter(({ memory }) => memory === name).flatMap(({ cells }) => [...cells.keys()].map(placeOf));
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = frame.current ?? document.body;
    const inSight = ([x, y]: readonly [number, number]): boolean =>
      x >= scrollLeft &&
      x + pitch <= scrollLeft + clientWidth &&
      y >= scrollTop &&
      y + pitch <= scrollTop + clientHeight;
    if (places.length === 0 || places.some(inSight)) return;
    frame.current?.scrollTo(Math.min(...places.map(([x]) => x)) - pitch, Math.min(...places.map(([, y]) => y)) - pitch);
  }, [deeds]);
  return frame;
}

/** One tensor or one variable in workgroup memory as a grid, with what the lanes do to it now. */
export function MemoryGrid({ memory, axes, lanes, deeds, reads, writes, lane, follow }: Props) {
  const count = cellCount(memory);
  const drawn = count > mostCells ? 0 : count;
  const layout = layoutOf(memory.shape);
  const { width, height } = layout;
  const frame = useInSight(deeds, memory.name, layout.placeOf);
  const busiest = reads.reduce((most, one) => Math.max(most, one), 1);
  const of = (kind: "read" | "write") => deeds.find((deed) => deed.memory === memory.name && deed.kind === kind)?.cells;
  const [reading, writing] = [of("read"), of("write")];

  const cells: JSX.Element[] = [];
  for (let cell = 0; cell < drawn; cell += 1) {
    const [x, y] = layout.placeOf(cell);
    const active = [...new Set([...(reading?.get(cell) ?? []), ...(writing?.get(cell) ?? [])])];
    const shown = lane === null ? active : active.filter((one) => one === lane);
    const kind = writing?.has(cell) ? "writes" : "reads";
    const state = shown.length > 0 ? kind : active.length > 0 ? "others" : "";
    // One read shows beside a cell that is read a hundred times.
    const heat = reads[cell]! === 0 ? 0 : 0.2 + (0.55 * reads[cell]!) / busiest;
    const says = lanesInShort(shown);
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
        <rect class="heat" x={x} y={y} width={pitch - 2} height={pitch - 2} style={{ opacity: heat }} />
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
        {shown.length > 0 ? (
          <text class={says.length > 3 ? "long" : ""} x={x + pitch / 2 - 1} y={y + pitch / 2 + 2}>
            {says}
          </text>
        ) : writes[cell]! > 0 ? (
          <path class="mark" d={`M${x + pitch - 2} ${y + pitch - 8}v6h-6z`} />
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
        <b>{memory.name}</b> {axes === "" ? "" : `[${axes}] = `}[
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
        <div ref={frame} class="scrolls" role="region" aria-label={memory.name} tabIndex={0}>
          <svg
            viewBox={`0 0 ${width} ${height}`}
            width={width}
            height={height}
            role="img"
            aria-label={`${memory.name}: ${words.length > 0 ? words.join(", ") : "untouched in this step"}`}
          >
            {layout.labels.map(({ text, x, y }) => (
              <text class="index" x={x} y={y}>
                {text}
              </text>
            ))}
            {cells}
          </svg>
        </div>
      )}
    </figure>
  );
}

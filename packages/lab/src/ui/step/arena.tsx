import { stepParts, type ExplainedPlan, type ExplainedSlot } from "@fledge/autograd/explained";
import { inBytes } from "../format.ts";

const [width, left, liveHeight, gap, arenaHeight] = [1000, 104, 96, 14, 420] as const;
/** Slots below this share of the arena are not drawn. */
const leastShare = 1 / 1000;
const leastHeight = 3;

interface Props {
  readonly plan: ExplainedPlan;
  readonly selected: number;
  readonly select: (index: number) => void;
}

/** Bytes alive at each kernel. */
function liveBytes({ slots, kernels }: ExplainedPlan): number[] {
  const live = Array.from({ length: kernels.length }, () => 0);
  for (const { bytes, first, last } of slots.flatMap(({ held }) => held))
    for (let index = first; index <= Math.min(last, kernels.length - 1); index++) live[index]! += bytes;
  return live;
}

/** What colours a tensor: given or kept for the host, an activation, or a gradient on its way back. */
function lifeKind({ kernels }: ExplainedPlan, { first, last }: ExplainedSlot["held"][number]): string {
  if (last === kernels.length) return "kept";
  return kernels[first]?.part === "backward" || kernels[first]?.part === "loss" ? "backward" : "forward";
}

/** The arena over the step: kernels from left to right, slots from top to bottom, and in them the tensors while they live. */
export function Arena({ plan, selected, select }: Props) {
  const { kernels, slots, arenaBytes, peakLiveBytes } = plan;
  const x = (index: number): number => left + (index / kernels.length) * (width - left - 4);
  const drawn = slots.filter(({ bytes }) => bytes >= arenaBytes * leastShare);
  const small = slots.length - drawn.length;
  const smallBytes = slots.filter((slot) => !drawn.includes(slot)).reduce((sum, { bytes }) => sum + bytes, 0);
  const drawnBytes = drawn.reduce((sum, { bytes }) => sum + bytes, 0);
  const scale = arenaHeight / drawnBytes;
  const heightOf = (bytes: number): number => Math.max(leastHeight, bytes * scale);
  const tops: number[] = [liveHeight + gap];
  for (const { bytes } of drawn) tops.push(tops.at(-1)! + heightOf(bytes));
  const bottom = tops.at(-1)!;
  const live = liveBytes(plan);
  const liveY = (bytes: number): number => liveHeight - (bytes / arenaBytes) * (liveHeight - 20);
  const steps = live.map((bytes, index) => `L${x(index)} ${liveY(bytes)}L${x(index + 1)} ${liveY(bytes)}`).join("");
  const peakAt = live.indexOf(Math.max(...live));
  const touched = new Set(kernels[selected]!.operands.flatMap(({ slot }) => (slot === undefined ? [] : [slot])));
  const begins = stepParts
    .map((part) => ({ part, at: kernels.findIndex((kernel) => kernel.part === part) }))
    .filter(({ at }) => at >= 0);
  return (
    <figure class="step-picture">
      <div class="scrolls" role="region" aria-label="The arena as a picture" tabIndex={0}>
        <svg
          class="arena"
          viewBox={`0 0 ${width} ${bottom + 22}`}
          role="img"
          aria-label={`The arena over the step: ${slots.length} slots of together ${inBytes(arenaBytes)}; most are alive at kernel ${peakAt}, ${inBytes(peakLiveBytes)}. The table of kernels and the details of each say the same in words.`}
        >
          <text x={0} y={16}>
            alive
          </text>
          <text class="quiet-text" x={0} y={33}>
            {inBytes(peakLiveBytes)}
          </text>
          <text class="quiet-text" x={0} y={50}>
            at most
          </text>
          <line class="whole" x1={left} x2={width - 4} y1={liveY(arenaBytes)} y2={liveY(arenaBytes)} />
          <text class="quiet-text" x={width - 4} y={liveY(arenaBytes) - 5} text-anchor="end">
            the arena, {inBytes(arenaBytes)}
          </text>
          <path class="live" d={`M${left} ${liveHeight}${steps}L${x(kernels.length)} ${liveHeight}z`} />
          {drawn.map(({ bytes, held }, index) => {
            const slot = slots.indexOf(drawn[index]!);
            const tall = heightOf(bytes);
            return (
              <g class={touched.has(slot) ? "slot touched" : "slot"}>
                <rect class="buffer" x={left} width={width - left - 4} y={tops[index]!} height={tall} />
                {tall >= 15 ? (
                  <text class="quiet-text" x={0} y={tops[index]! + tall / 2 + 5}>
                    {slot}: {inBytes(bytes)}
                  </text>
                ) : null}
                {held.map((life) => {
                  const lives = life.first <= selected && selected <= life.last && touched.has(slot);
                  return (
                    <rect
                      class={`life ${lifeKind(plan, life)}${lives ? " chosen" : ""}`}
                      x={x(life.first)}
                      width={Math.max(1, x(Math.min(life.last + 1, kernels.length)) - x(life.first) - 0.6)}
                      y={tops[index]! + 0.5}
                      height={Math.max(leastHeight - 1, (life.bytes / bytes) * (tall - 1))}
                      onClick={() => select(Math.min(life.first, kernels.length - 1))}
                    >
                      <title>
                        {life.tensor} [{life.shape.join(",")}], {inBytes(life.bytes)}, slot {slot}, kernels {life.first}{" "}
                        to {life.last === kernels.length ? "the end" : life.last}
                      </title>
                    </rect>
                  );
                })}
              </g>
            );
          })}
          {begins.map(({ part, at }) => (
            <text
              class="quiet-text"
              x={Math.min(x(at), width - 4)}
              y={bottom + 16}
              text-anchor={at > 0.9 * kernels.length ? "end" : "start"}
            >
              {part === "loss" ? "" : `${part} from ${at}`}
            </text>
          ))}
          <line class="cursor-line" x1={x(selected + 0.5)} x2={x(selected + 0.5)} y1={0} y2={bottom} />
        </svg>
      </div>
      <figcaption>
        Kernels from left to right, one column each, whatever they take; slots from top to bottom, as high as their
        bytes. A slot is one buffer, and tensors whose lives do not meet share it.
        {small > 0
          ? ` ${small} slots of together ${inBytes(smallBytes)} are too thin to draw: statistics, scalars.`
          : ""}
        <ul class="legend">
          <li>
            <span class="kind-mark life-forward" aria-hidden="true" /> activation, kept for the backward pass where it
            is long
          </li>
          <li>
            <span class="kind-mark life-backward" aria-hidden="true" /> gradient on its way back
          </li>
          <li>
            <span class="kind-mark life-kept" aria-hidden="true" /> input or result, until the end
          </li>
        </ul>
      </figcaption>
    </figure>
  );
}

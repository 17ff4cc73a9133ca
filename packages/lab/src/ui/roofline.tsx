import { rungFile } from "@fledge/runtime";
import type { CaseResult } from "@fledge/bench/browser";
import { threeDigits } from "./format.ts";

const width = 640;
const height = 340;
const edge = { left: 64, right: 20, top: 20, bottom: 46 };

/** A logarithmic axis from `low` to `high` onto pixels from `start` to `end`. */
const axis =
  (low: number, high: number, start: number, end: number) =>
  (value: number): number =>
    start + ((end - start) * Math.log(value / low)) / Math.log(high / low);

const tens = (low: number, high: number): number[] => {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(low)); 10 ** power <= high; power += 1) ticks.push(10 ** power);
  return ticks;
};

interface Label {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/** A label beside each point; points that nearly coincide share one: `02 03 04`. */
function labelsOf(points: readonly Label[]): Label[] {
  const groups: Label[][] = [];
  for (const point of points) {
    const group = groups.find(
      ([first]) => Math.abs(first!.left - point.left) < 24 && Math.abs(first!.top - point.top) < 13,
    );
    if (group) group.push(point);
    else groups.push([point]);
  }
  return groups.map((group) => ({
    text: group.map(({ text }) => text).join(" "),
    left: group[0]!.left + 9,
    top: group[0]!.top + 4,
  }));
}

/**
 * The rungs under this adapter's measured ceilings: a copy's bytes on the left, multiply-adds out of registers on the
 * right. A rung stands where its header says its traffic is, else where the shape's least traffic would put it.
 */
export function Roofline({ result }: { readonly result: CaseResult }) {
  const { flops, leastBytes, ceilings, rungs } = result;
  if (flops === 0) return <p class="quiet">A kernel that moves and does not compute has no place under a roofline.</p>;
  const least = flops / leastBytes;
  const points = rungs.flatMap((run) =>
    run.outcome === "timed" && rungFile(run.rung) !== "00-noop"
      ? [
          {
            name: rungFile(run.rung),
            claimed: run.flopPerByte !== null,
            x: run.flopPerByte ?? least,
            y: run.rateGflops,
          },
        ]
      : [],
  );
  const fma = ceilings.fma.rateGflops;
  const copy = ceilings.copy.rateGbps;
  const ridge = fma / copy;
  const xs = [...points.map(({ x }) => x), least, ridge];
  const [low, high] = [Math.min(...xs) / 3, Math.max(...xs) * 3];
  const bottom = Math.min(...points.map(({ y }) => y), copy * low) / 2;
  const x = axis(low, high, edge.left, width - edge.right);
  const y = axis(bottom, fma * 2, height - edge.bottom, edge.top);
  const labels = labelsOf(points.map((point) => ({ text: point.name.slice(0, 2), left: x(point.x), top: y(point.y) })));
  return (
    <figure class="roofline scrolls" tabIndex={0}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="roofline-says">
        {tens(low, high).map((tick) => (
          <g class="tick">
            <line x1={x(tick)} x2={x(tick)} y1={edge.top} y2={height - edge.bottom} />
            <text x={x(tick)} y={height - edge.bottom + 16} text-anchor="middle">
              {tick}
            </text>
          </g>
        ))}
        {tens(bottom, fma * 2).map((tick) => (
          <g class="tick">
            <line x1={edge.left} x2={width - edge.right} y1={y(tick)} y2={y(tick)} />
            <text x={edge.left - 6} y={y(tick) + 4} text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        <polyline class="roof" points={`${x(low)},${y(copy * low)} ${x(ridge)},${y(fma)} ${x(high)},${y(fma)}`} />
        <text class="ceiling" x={width - edge.right} y={y(fma) - 6} text-anchor="end">
          FMA {threeDigits(fma)} GFLOPS
        </text>
        <text class="ceiling" x={(x(least) + x(ridge)) / 2 + 12} y={(y(copy * least) + y(fma)) / 2 + 16}>
          copy {threeDigits(copy)} GB/s
        </text>
        <line class="least" x1={x(least)} x2={x(least)} y1={edge.top} y2={height - edge.bottom} />
        {points.map((point) => (
          <circle class={point.claimed ? "claimed" : ""} cx={x(point.x)} cy={y(point.y)} r="5">
            <title>
              {point.name}: {threeDigits(point.y)} GFLOPS at {threeDigits(point.x)} FLOP/B
            </title>
          </circle>
        ))}
        {labels.map(({ text, left, top }) => (
          <text class="point" x={left} y={top}>
            {text}
          </text>
        ))}
        <text x={(edge.left + width - edge.right) / 2} y={height - 8} text-anchor="middle">
          FLOP per byte
        </text>
        <text transform={`translate(14 ${(edge.top + height - edge.bottom) / 2}) rotate(-90)`} text-anchor="middle">
          GFLOPS
        </text>
      </svg>
      <figcaption id="roofline-says">
        Roofline of {result.name}, numbered as the rungs. Filled: where the rung's header puts its traffic. Hollow: the
        header does not say, so it stands at the shape's least traffic, {threeDigits(least)} FLOP/B, the dashed line. A
        rung above the roof takes from a cache what the probe takes from memory.
      </figcaption>
    </figure>
  );
}

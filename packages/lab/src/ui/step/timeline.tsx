import { stepParts, type ExplainedPlan } from "@fledge/autograd/explained";
import { inTime, threeDigits } from "../format.ts";
import { isTimed, kindOf, kinds, spansOf, type Kind } from "./kernel-facts.ts";
import { KindMark } from "./kind-mark.tsx";

const [width, left, laneHeight, axisHeight] = [1000, 104, 34, 28] as const;

/** Round numbers along an axis of so many units, four to ten of them. */
function ticksOf(total: number): number[] {
  const rough = total / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
}

interface Props {
  readonly plan: ExplainedPlan;
  readonly selected: number;
  readonly select: (index: number) => void;
}

/**
 * A step from left to right, a lane to each part of it and a bar to each kernel, as wide as its time. With the keyboard
 * it is a slider over the kernels.
 */
export function Timeline({ plan, selected, select }: Props) {
  const { kernels } = plan;
  const timed = isTimed(plan);
  const spans = spansOf(plan);
  const last = spans.at(-1)!;
  const total = last.at + last.length;
  const x = (value: number): number => left + (value / total) * (width - left - 4);
  const y = (part: (typeof stepParts)[number]): number => stepParts.indexOf(part) * laneHeight;
  const height = stepParts.length * laneHeight;
  const chosen = kernels[selected]!;
  const perPart = stepParts.map((part) =>
    kernels.reduce((sum, k, i) => sum + (k.part === part ? spans[i]!.length : 0), 0),
  );
  const perKind = Object.keys(kinds).map(
    (kind) =>
      [
        kind as Kind,
        kernels.reduce((sum, kernel, index) => sum + (kindOf(kernel) === kind ? spans[index]!.length : 0), 0),
      ] as const,
  );

  const move = (event: KeyboardEvent): void => {
    const to = {
      ArrowLeft: selected - 1,
      ArrowDown: selected - 1,
      ArrowRight: selected + 1,
      ArrowUp: selected + 1,
      PageUp: selected + 10,
      PageDown: selected - 10,
      Home: 0,
      End: kernels.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(Math.max(0, Math.min(kernels.length - 1, to)));
  };
  return (
    <figure class="step-picture">
      <div
        class="scrolls"
        role="slider"
        tabIndex={0}
        aria-label="Kernel of the step"
        aria-valuemin={0}
        aria-valuemax={kernels.length - 1}
        aria-valuenow={selected}
        aria-valuetext={`${selected}: ${chosen.rung}, ${chosen.part}${chosen.timeUs === undefined ? "" : `, ${inTime(chosen.timeUs)}`}`}
        onKeyDown={move}
      >
        <svg class="timeline" viewBox={`0 0 ${width} ${height + axisHeight}`} aria-hidden="true">
          {stepParts.map((part) => (
            <g class="lane">
              <line x1={left} x2={width - 4} y1={y(part) + laneHeight - 2} y2={y(part) + laneHeight - 2} />
              <text x={0} y={y(part) + laneHeight / 2 + 4}>
                {part}
              </text>
            </g>
          ))}
          {ticksOf(total).map((tick) => (
            <g class="tick">
              <line x1={x(tick)} x2={x(tick)} y1={0} y2={height + 4} />
              <text x={x(tick)} y={height + 19} text-anchor={tick === 0 ? "start" : "middle"}>
                {timed ? (tick === 0 ? "0 ms" : threeDigits(tick / 1000)) : tick}
              </text>
            </g>
          ))}
          {kernels.map((kernel, index) => (
            <rect
              class={`bar-of ${kindOf(kernel)}${index === selected ? " chosen" : ""}`}
              x={x(spans[index]!.at)}
              width={Math.max(0.7, x(spans[index]!.at + spans[index]!.length) - x(spans[index]!.at) - 0.4)}
              y={y(kernel.part) + 4}
              height={laneHeight - 8}
              onClick={() => select(index)}
            >
              <title>
                {index} {kernel.rung}
                {kernel.timeUs === undefined ? "" : `, ${inTime(kernel.timeUs)}`}
              </title>
            </rect>
          ))}
          <path class="cursor" d={`M${x(spans[selected]!.at + spans[selected]!.length / 2)} ${height + 1}l-5 8h10z`} />
        </svg>
      </div>
      <figcaption>
        {timed ? (
          <>
            A bar to each of {kernels.length} kernels, as wide as the GPU's clock says it took, the mean of as many runs
            as fit in a second and a half; between them is nothing, since the clock tells durations alone. A browser
            rounds that clock, Chrome to 0.1 ms: of a kernel far shorter than that the mean is an estimate.{" "}
          </>
        ) : (
          <>
            No kernel's own time is known, since this adapter has no timestamps or the browser rounds them too coarsely
            for this step: all bars are equally wide, and only the whole step was timed.{" "}
          </>
        )}
        <ul class="legend">
          {perKind.map(([kind, sum]) => (
            <li>
              <KindMark kind={kind} /> {kinds[kind]}{" "}
              {timed ? `${threeDigits((100 * sum) / total)} %` : `${sum} kernels`}
            </li>
          ))}
        </ul>
        <ul class="legend">
          {stepParts.map((part, index) => (
            <li>
              {part}{" "}
              {timed
                ? `${inTime(perPart[index]!)}, ${threeDigits((100 * perPart[index]!) / total)} %`
                : `${perPart[index]!} kernels`}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

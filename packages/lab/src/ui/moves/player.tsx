import type { DispatchTrace } from "@fledge/kernel-lab";
import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { threeDigits } from "../format.ts";
import { laneColour, MemoryGrid } from "./memory-grid.tsx";
import { SourceLines } from "./source-lines.tsx";
import { allSteps, axesOf, cellCount, deedsOf, span, stepInWords, tally } from "./words.ts";

/** Milliseconds between steps while it plays; longer where the visitor asks for less motion. */
const pace = (): number => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 2000 : 700);

const placeIn = (flat: number, [x, y]: readonly [number, number, number]): string =>
  `(${flat % x}, ${Math.floor(flat / x) % y}, ${Math.floor(flat / (x * y))})`;

/** Memories in the order of their use: what is read, what lies between, what is written. */
const order = ["in", "inout", "scratch", "workgroup", "out"];

/** The moves of one dispatch, workgroup by workgroup, to be played and stepped through. */
export function Player({ dispatch, source }: { readonly dispatch: DispatchTrace; readonly source: string }) {
  const { groups, workgroups, workgroupSize } = dispatch;
  const [group, setGroup] = useState(0);
  const [at, go] = useState(0);
  const [playing, play] = useState(false);
  const [followed, follow] = useState<number | null>(null);
  const [hovered, hover] = useState<number | null>(null);
  const id = useId();
  const steps = groups[group]!;
  const last = steps.length - 1;
  const step = steps[at];
  const lanes = workgroupSize.reduce((a, b) => a * b);
  const lane = hovered ?? followed;

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => (at >= last ? play(false) : go(at + 1)), pace());
    return () => clearTimeout(timer);
  }, [playing, at, last]);

  const memories = useMemo(
    () => [...dispatch.memories].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role)),
    [dispatch],
  );
  const sofar = useMemo(() => tally(memories, steps.slice(0, at + 1)), [memories, steps, at]);
  const total = useMemo(() => tally(memories, allSteps(dispatch)), [memories, dispatch]);
  const deeds = useMemo(() => deedsOf(step?.accesses ?? []), [step]);
  if (!step) return <p>This workgroup reads and writes nothing.</p>;

  const doing = new Set(step.lanes);
  const laneSteps = step.accesses.filter((access) => lane !== null && access.lane === lane);
  const inWords = stepInWords(step);
  const move = (to: number): void => {
    play(false);
    go(Math.max(0, Math.min(last, to)));
  };
  return (
    <>
      <section class="player" aria-label="Steps">
        <div class="buttons">
          <button type="button" onClick={() => move(0)} disabled={at === 0} aria-label="First step">
            «
          </button>
          <button type="button" onClick={() => move(at - 1)} disabled={at === 0}>
            Back
          </button>
          <button
            type="button"
            onClick={() => {
              if (!playing && at === last) go(0);
              play(!playing);
            }}
          >
            {playing ? "Pause" : "Play"}
          </button>
          <button type="button" onClick={() => move(at + 1)} disabled={at === last}>
            Step
          </button>
          <label class="skip" for={id}>
            Step
          </label>
          <input
            id={id}
            type="range"
            min={0}
            max={last}
            value={at}
            aria-valuetext={`step ${at + 1} of ${steps.length}: ${inWords}`}
            onInput={(event) => move(event.currentTarget.valueAsNumber)}
          />
        </div>
        <p class="says-now" aria-live={playing ? "off" : "polite"} data-testid="caption">
          <b>
            Step {at + 1} of {steps.length}
          </b>
          , after {step.phase} {step.phase === 1 ? "barrier" : "barriers"}: {inWords}
        </p>
        <SourceLines source={source} line={step.line} />
      </section>

      <div class="buttons">
        {groups.length > 1 ? (
          <label class="field">
            Workgroup
            <select
              value={group}
              onChange={(event) => {
                setGroup(Number(event.currentTarget.value));
                go(0);
                play(false);
              }}
            >
              {groups.map((_, index) => (
                <option value={index}>
                  {index + 1} of {groups.length}, at {placeIn(index, workgroups)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label class="field">
          Follow
          <select
            value={followed ?? ""}
            onChange={(event) => follow(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
          >
            <option value="">all {lanes} lanes</option>
            {Array.from({ length: lanes }, (_, index) => (
              <option value={index}>
                lane {index}, at {placeIn(index, workgroupSize)}
              </option>
            ))}
          </select>
        </label>
      </div>

      <div
        class="lanes"
        aria-hidden="true"
        style={{ "--across": String(Math.min(workgroupSize[0] > 1 ? workgroupSize[0] : lanes, 16)) }}
      >
        {Array.from({ length: lanes }, (_, index) => (
          <span
            class={`${doing.has(index) ? "" : "idle"} ${lane === index ? "followed" : ""}`}
            style={{ background: laneColour(index, lanes) }}
            onPointerEnter={() => hover(index)}
            onPointerLeave={() => hover(null)}
            onClick={() => follow(followed === index ? null : index)}
          >
            {index}
          </span>
        ))}
      </div>

      <div class="memories">
        {sofar.map(({ memory, reads, writes }) => (
          <MemoryGrid
            key={memory.name}
            memory={memory}
            axes={memory.role === "workgroup" ? "" : axesOf(source, memory)}
            lanes={lanes}
            deeds={deeds}
            reads={reads}
            writes={writes}
            lane={lane}
            follow={hover}
          />
        ))}
      </div>
      <ul class="legend">
        <li>
          <i class="reads">3</i> read now, by lane 3
        </li>
        <li>
          <i class="reads">0-3</i> read now, by lanes 0 to 3; ×4: by 4 lanes that are no neighbours
        </li>
        <li>
          <i class="writes">3</i> written now, by lane 3
        </li>
        {lane === null ? null : (
          <li>
            <i class="others" /> touched now, by lanes that you do not follow
          </li>
        )}
        <li>
          <i class="written" /> written before, by this workgroup
        </li>
        <li>
          <i class="often" /> the more blue, the more often this workgroup has read it so far
        </li>
      </ul>

      <p class="quiet">
        Lanes of a workgroup are shown going together, statement by statement; a device may let them run in any order
        between barriers.
      </p>

      <details>
        <summary>This step, lane by lane</summary>
        <div class="scrolls" role="region" aria-label="This step, lane by lane" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Lane</th>
                <th scope="col">Reads</th>
                <th scope="col">Writes</th>
              </tr>
            </thead>
            <tbody>
              {(laneSteps.length > 0 && followed !== null ? [followed] : step.lanes).map((one) => {
                const cells = (kinds: readonly string[]): string =>
                  step.accesses
                    .filter((access) => access.lane === one && kinds.includes(access.kind))
                    .map(({ memory, first, count }) =>
                      count === 1 ? `${memory}[${first}]` : `${memory}[${first}..${first + count - 1}]`,
                    )
                    .join(", ");
                return (
                  <tr>
                    <th scope="row">{one}</th>
                    <td>{cells(["read", "update"])}</td>
                    <td>{cells(["write", "update"])}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </details>

      <h2>How often each value is fetched</h2>
      <div class="scrolls" role="region" aria-label="How often each value is fetched" tabIndex={0}>
        <table data-testid="totals">
          <caption>
            <span>
              {groups.length === 1 ? "The one workgroup" : `All ${groups.length} workgroups together`} of{" "}
              {dispatch.entryPoint}, {span(groups.map((all) => all.filter(({ barrier }) => barrier).length))} barriers
              in each.
            </span>
          </caption>
          <thead>
            <tr>
              <th scope="col">Memory</th>
              <th scope="col">Cells</th>
              <th scope="col">Reads</th>
              <th scope="col">Reads of a cell, on average</th>
              <th scope="col">from least to most</th>
              <th scope="col">Writes of a cell</th>
            </tr>
          </thead>
          <tbody>
            {total.map(({ memory, reads, writes }) => {
              const sum = reads.reduce((a, b) => a + b, 0);
              return (
                <tr data-memory={memory.name}>
                  <th scope="row">{memory.name}</th>
                  <td class="number">{cellCount(memory)}</td>
                  <td class="number">{sum}</td>
                  <td class="number">{threeDigits(sum / cellCount(memory))}</td>
                  <td class="number">{span(reads)}</td>
                  <td class="number">{span(writes)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

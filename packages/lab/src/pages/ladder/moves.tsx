import { rungFile, type Constants } from "@fledge/runtime";
import { useEffect, useState } from "preact/hooks";
import { ask, nameOf, stopEngine } from "../../engine/client.ts";
import type { Shape } from "../../engine/ladders.ts";
import type { TraceView } from "../../engine/trace.ts";
import { readKept } from "../../ui/kept.ts";
import { Player } from "../../ui/moves/player.tsx";
import { commentAbove } from "../../ui/moves/words.ts";
import { NumberFields } from "../../ui/moves/number-fields.tsx";
import { Problem } from "../../ui/problem.tsx";
import { useRun } from "../../ui/use-run.ts";
import { splitHeader } from "../../ui/wgsl-header.ts";
import type { ViewProps } from "./views.ts";
import "../../styles/moves.css";

const yours = "-yours";

/** What a rung's header says of who does what. */
const story = ["GEMM", "Mapping"];

/** Constants to be changed here: whole numbers that the host does not set by the shape. */
const tunable = (constants: Constants, hostConstants: readonly string[]): Constants =>
  Object.fromEntries(
    Object.entries(constants).filter(
      ([name, value]) => Number.isInteger(value) && value >= 0 && !hostConstants.includes(name),
    ),
  );

/** @throws RangeError naming the constant that is no whole number */
function checkConstants(constants: Constants): void {
  for (const [name, value] of Object.entries(constants))
    if (!(Number.isInteger(value) && value >= 0)) throw new RangeError(`constant ${name}: give a whole number`);
}

/** What of the picture is not this adapter's own. */
function Emulation({ emulated: { subgroupLanes, halves } }: Pick<TraceView, "emulated">) {
  if (subgroupLanes === undefined && !halves) return null;
  return (
    <p class="lead emulated" data-testid="emulated">
      <b>Emulated here:</b>{" "}
      {subgroupLanes === undefined
        ? ""
        : `subgroups of ${subgroupLanes} lanes, which this adapter does not have; values pass between neighbouring lanes through memory and barriers that are not shown. `}
      {halves ? "f16, which this adapter lacks; halves are computed and kept as f32. " : ""}
      Every read, write and index shown is the rung's own.
    </p>
  );
}

/** What a rung's lanes read and write, step by step: `#/ladder/conv2d-forward/moves/02-tiled`. */
export default function Moves({ ladder, path: [wanted = ""] }: ViewProps) {
  const { kernel, rungs } = ladder;
  const real = rungs.filter(({ isFloor }) => !isFloor);
  const file = wanted.endsWith(yours) ? wanted.slice(0, -yours.length) : wanted;
  const rung = real.find(({ id }) => rungFile(id) === file) ?? real[0]!;
  const draftOf = (id: string): string | null => readKept<string>(`draft/${kernel}/${rungFile(id)}`);
  const source = wanted.endsWith(yours) ? (draftOf(rung.id) ?? undefined) : undefined;
  const chosen = `${rungFile(rung.id)}${source === undefined ? "" : yours}`;

  const [shape, setShape] = useState<Shape | undefined>();
  const [constants, setConstants] = useState<Constants | undefined>();
  const [view, setView] = useState<TraceView | null>(null);
  /** How many views there were: each begins at its first step. */
  const [count, setCount] = useState(0);
  const [dispatch, setDispatch] = useState(0);
  const { isRunning, what, error, start } = useRun();

  const trace = (own: (Pick<TraceView, "shape"> & { readonly constants?: Constants }) | null): void =>
    start(async (tell, isLatest) => {
      checkConstants(own?.constants ?? {});
      tell(`Running ${rungFile(rung.id)} with a log of its reads and writes`);
      setView(null);
      const choice = { rung: rung.id, source, shape: own?.shape, constants: own?.constants };
      const found = await ask((engine) => engine.trace(nameOf(ladder), choice));
      if (!isLatest()) return; // The visitor has gone on to another rung.
      setView(found);
      setCount((before) => before + 1);
      setShape(found.shape);
      setConstants(tunable(found.constants, rung.hostConstants));
      setDispatch(0);
    });
  useEffect(() => {
    setConstants(undefined);
    trace(null);
  }, [kernel, chosen]);

  const text = source ?? rung.source;
  const told = splitHeader(text).fields.filter(({ name }) => story.includes(name));
  const sizes = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "number")) as Constants;
  const inWords = (values: Constants): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${value}`)
      .join(", ");
  const smaller = Object.entries(view?.constants ?? {})
    .filter(([name, value]) => rung.constants[name] !== value)
    .map(([name, value]) => `${name} = ${value} (${rung.constants[name]} in the file)`);
  return (
    <>
      <p class="lead">
        What moves here is the rung's own index arithmetic: it runs on this device with a log of every read and write.
      </p>
      <div class="buttons">
        <label class="field">
          Rung
          <select
            value={chosen}
            onChange={(event) => (location.hash = `#/ladder/${kernel}/moves/${event.currentTarget.value}`)}
          >
            {real.map(({ id, idea }) => (
              <>
                <option value={rungFile(id)}>
                  {rungFile(id)}: {idea}
                </option>
                {draftOf(id) === null ? null : (
                  <option value={`${rungFile(id)}${yours}`}>{rungFile(id)}: as you have it under Edit</option>
                )}
              </>
            ))}
          </select>
        </label>
        <button type="button" disabled={!isRunning} onClick={stopEngine}>
          Stop
        </button>
      </div>
      <p class="lead">
        {told.map(({ name, text: says }) => (
          <>
            <b>{name}</b> {says.replaceAll("\n", " ")}.{" "}
          </>
        ))}
      </p>
      <details>
        <summary>
          Sizes and constants
          <span class="quiet" data-testid="sizes">
            {view === null
              ? ""
              : `: ${[inWords(sizes(view.shape)), ...smaller].filter((one) => one !== "").join(", ")}`}
          </span>
        </summary>
        <NumberFields legend="Sizes" values={sizes(shape ?? {})} set={(next) => setShape({ ...shape, ...next })} />
        <NumberFields
          legend="Constants"
          values={constants ?? {}}
          set={(next) => setConstants({ ...constants, ...next })}
        />
        <div class="buttons">
          <button
            type="button"
            disabled={isRunning || !shape}
            onClick={() => trace({ shape: shape!, ...(constants && { constants }) })}
          >
            Run with these
          </button>
          <button type="button" disabled={isRunning} onClick={() => trace(null)}>
            Back to small ones
          </button>
        </div>
      </details>
      <p role="status" class="status">
        {what}
      </p>
      {error === undefined ? null : <Problem error={error} />}
      {view === null ? null : (
        <>
          {view.mismatch === null ? null : (
            <Problem
              error={
                new Error(
                  `${source === undefined ? "With these constants the rung computes" : "Your module computes"} something else: ${view.mismatch}`,
                )
              }
            />
          )}
          <Emulation emulated={view.emulated} />
          <div class="pass">
            {view.dispatches.length > 1 ? (
              <label class="field">
                Pass
                <select value={dispatch} onChange={(event) => setDispatch(Number(event.currentTarget.value))}>
                  {view.dispatches.map(({ entryPoint }, index) => (
                    <option value={index}>
                      {index + 1} of {view.dispatches.length}: {entryPoint}
                    </option>
                  ))}
                </select>
              </label>
            ) : null}
            <p>{commentAbove(text, view.dispatches[dispatch]!.entryPoint)}</p>
          </div>
          <Player key={`${count} ${dispatch}`} dispatch={view.dispatches[dispatch]!} source={text} />
        </>
      )}
    </>
  );
}

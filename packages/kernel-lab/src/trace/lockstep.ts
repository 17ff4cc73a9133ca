import { lineOf, type AccessKind, type CodePlace } from "./accesses.ts";
import type { Site } from "./instrument.ts";

/** What one invocation does to a memory in one step. */
export interface StepAccess {
  /** Its `local_invocation_index`. */
  readonly lane: number;
  /** The memory's name. */
  readonly memory: string;
  readonly kind: AccessKind;
  /** The first cell, and how many from there on. */
  readonly first: number;
  readonly count: number;
}

/** One statement that some invocations of a workgroup run together. */
export interface Step {
  /** The statement, or the head of one with a body, on one line. */
  readonly text: string;
  /** Its line in the module, from 1. */
  readonly line: number;
  /** Barriers passed before it. */
  readonly phase: number;
  /** It is a barrier, at which these invocations wait. */
  readonly barrier: boolean;
  readonly lanes: readonly number[];
  readonly accesses: readonly StepAccess[];
}

/** The cells that an access to element `index` takes. */
export type CellsOf = (
  site: Extract<Site, { what: "access" }>,
  index: number,
) => readonly Pick<StepAccess, "first" | "count">[];

/** A place in the run of a program: where in the text, then which turn or call, and so on inwards. */
type Moment = readonly number[];

function compareMoments(a: Moment, b: Moment): number {
  for (let i = 0; i < a.length && i < b.length; i += 1) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

interface Level {
  /** A loop's or a call's. */
  readonly place: CodePlace;
  /** The loop's turn, from 1; where the call's arguments end. */
  count: number;
}

interface Lane {
  /** Loops and calls that it is in. */
  readonly within: Level[];
  phase: number;
}

interface Building {
  readonly moment: Moment;
  readonly step: Omit<Step, "lanes" | "accesses"> & { readonly lanes: Set<number>; readonly accesses: StepAccess[] };
}

/** What a statement itself does comes behind what the functions do that it calls. */
const itself = Number.MAX_SAFE_INTEGER;

/** A loop's head belongs to the turn that it may begin: what runs there after turn `n` is before all of turn `n + 1`. */
function momentOf({ within, phase }: Lane, place: CodePlace): Moment {
  const inwards = [...within.map((level) => level.place), place].map(({ statement }) => statement.start);
  const outer = within.flatMap(({ place: { what }, count }, level) => {
    const inHead = what === "loop" && inwards[level] === inwards[level + 1];
    return [inwards[level]!, inHead ? count + 1 : count];
  });
  return [phase, ...outer, inwards.at(-1)!, itself];
}

/**
 * The log of one workgroup as steps: the same statement in the same turn of its loops is one step of all invocations
 * that run it. This is an order among those that WebGPU allows, the one of lanes that go together: each invocation does
 * its own entries in its own order, but that what a statement reads by itself comes behind what its calls read, and
 * none passes a barrier before the others come there.
 * @param entries of all its invocations, those of each in its own order
 */
export function inLockstep(
  entries: Iterable<{ readonly lane: number; readonly site: Site; readonly index: number }>,
  code: string,
  cellsOf: CellsOf,
): Step[] {
  const lanes = new Map<number, Lane>();
  const steps = new Map<string, Building>();
  for (const { lane: number, site, index } of entries) {
    let lane = lanes.get(number);
    if (!lane) lanes.set(number, (lane = { within: [], phase: 0 }));
    const { place } = site;
    const { statement } = place;
    if (site.what === "enter") lane.within.push({ place, count: place.what === "call" ? place.end : 0 });
    // A call that returns from inside its loops leaves those too.
    else if (site.what === "leave") lane.within.splice(lane.within.findLastIndex((level) => level.place === place));
    else if (site.what === "turn") lane.within.at(-1)!.count += 1;
    else {
      const moment = momentOf(lane, place);
      const key = moment.join();
      let building = steps.get(key);
      if (!building) {
        const [text, line, barrier] = [statement.text, lineOf(code, statement.start), site.what === "barrier"];
        const step = { text, line, phase: lane.phase, barrier, lanes: new Set<number>(), accesses: [] };
        steps.set(key, (building = { moment, step }));
      }
      building.step.lanes.add(number);
      if (site.what === "barrier") lane.phase += 1;
      if (site.what !== "access") continue;
      const { kind, variable } = site.place;
      for (const cells of cellsOf(site, index))
        building.step.accesses.push({ lane: number, memory: variable.name, kind, ...cells });
    }
  }
  return [...steps.values()]
    .sort((a, b) => compareMoments(a.moment, b.moment))
    .map(({ step }) => ({ ...step, lanes: [...step.lanes].sort((a, b) => a - b) }));
}

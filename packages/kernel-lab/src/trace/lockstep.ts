import type { AccessKind } from "./accesses.ts";
import { lineOf } from "./accesses.ts";
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

interface Lane {
  /** Loops and calls that it is in: the place of each, and the turn or the place of the call. */
  readonly within: [number, number][];
  phase: number;
}

interface Building {
  readonly moment: Moment;
  readonly step: Omit<Step, "lanes" | "accesses"> & { readonly lanes: Set<number>; readonly accesses: StepAccess[] };
}

/** What a statement itself does comes behind what the functions do that it calls. */
const itself = Number.MAX_SAFE_INTEGER;

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
    const { statement, at } = site.place;
    if (site.what === "enter") lane.within.push([statement.start, site.place.what === "call" ? at : 0]);
    else if (site.what === "leave") lane.within.pop();
    else if (site.what === "turn") lane.within.at(-1)![1] += 1;
    else {
      const moment = [lane.phase, ...lane.within.flat(), statement.start, itself];
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

import { collectedBenches, type Problem } from "@fledge/bench/browser";
import type { Task } from "@fledge/kernel-lab";
import { collectedTests, ladderTask } from "@fledge/testing/browser";
import type { Rung } from "@fledge/runtime";

/** A shape as the page shows it. */
export type Shape = Readonly<Record<string, unknown>>;

/** A kernel's problem as its tests or its benchmark put it, on one of their shapes. */
export interface Case {
  /** Unique in its ladder. */
  readonly key: string;
  readonly name: string;
  /** From the list that every rung is tested on, or a layer of the benchmark. */
  readonly kind: "test" | "layer";
  readonly shape: Shape;
  readonly problem: Problem<Shape>;
}

/** A kernel with its rungs and all that its project asks of them. */
export interface LoadedLadder {
  readonly kernel: Problem<Shape>["kernel"];
  readonly cases: readonly Case[];
}

// The very files that `npm test` and `npm run bench` run: no copy of a shape.
const scripts: Readonly<Record<string, () => Promise<unknown>>> = import.meta.glob([
  "../../../../kernels/*/test/ladder.test.ts",
  "../../../../kernels/*/test/*-ladder.test.ts",
  "../../../../kernels/*/bench/*.bench.ts",
]);

/** Long lists of one kernel repeat names, where each list feeds it other contents. */
function casesOf(problems: readonly { readonly kind: Case["kind"]; readonly ladder: Collected }[]): Case[] {
  const taken = new Set<string>();
  return problems.flatMap(({ kind, ladder: { cases, ...problem } }) =>
    Object.entries(cases).map(([name, shape]) => {
      let key = `${kind}: ${name}`;
      for (let count = 2; taken.has(key); count += 1) key = `${kind}: ${name} (${count})`;
      taken.add(key);
      return { key, name: key.slice(kind.length + 2), kind, shape, problem };
    }),
  );
}

type Collected = Problem<Shape> & { readonly cases: Readonly<Record<string, Shape>> };

const loaded = new Map<string, LoadedLadder>();
let loading: Promise<unknown> = Promise.resolve();

async function load(project: string): Promise<void> {
  collectedTests.length = 0;
  collectedBenches.length = 0;
  for (const [path, script] of Object.entries(scripts)) if (path.includes(`/kernels/${project}/`)) await script();
  const all = [
    ...collectedTests.map((ladder) => ({ kind: "test" as const, ladder: ladder as unknown as Collected })),
    ...collectedBenches.map((ladder) => ({ kind: "layer" as const, ladder: ladder as unknown as Collected })),
  ];
  for (const kernel of new Set(all.map(({ ladder }) => ladder.kernel)))
    loaded.set(kernel.name, { kernel, cases: casesOf(all.filter(({ ladder }) => ladder.kernel === kernel)) });
}

/** The ladder of a kernel of `project`. @throws where the project has no such kernel */
export async function loadLadder(project: string, name: string): Promise<LoadedLadder> {
  // One after the other: what a script says is collected in one place.
  if (!loaded.has(name)) await (loading = loading.then(() => (loaded.has(name) ? undefined : load(project))));
  const ladder = loaded.get(name);
  if (!ladder) throw new Error(`${project} has no ladder "${name}"`);
  return ladder;
}

/** All rungs, the dispatch floor first. */
export const allRungs = ({ kernel }: LoadedLadder): readonly Rung<Shape>[] =>
  kernel.noop ? [kernel.noop, ...kernel.rungs] : kernel.rungs;

const tasks = new WeakMap<Case, Task<Shape>>();

/** What a rung is asked on a case; worked out once, for who edits a module asks again and again. */
export function taskOf(one: Case): Task<Shape> {
  const known = tasks.get(one);
  if (known) return known;
  const task = ladderTask(one.problem, one.name, one.shape);
  const values = [...Object.values(task.inputs), ...Object.values(task.expected)];
  if (values.reduce((sum, { length }) => sum + length, 0) <= keptValues) tasks.set(one, task);
  return task;
}

/** Numbers of inputs and results that are kept for a case: the largest cases fill hundreds of MB. */
const keptValues = 2 ** 19;

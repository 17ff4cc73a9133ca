import type { Study } from "./study-file.ts";

/** A run that a study asks for: one variant under one seed. */
export interface StudyRun {
  readonly variant: string;
  readonly seed: number;
  /** The preset that it begins at, as the file names it. */
  readonly preset: string;
  /** Its settings by dotted key: the study's, the variant's and the seed. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Every variant under every seed; a seed's runs stand together, so that pairs are complete early. */
const runsOf = (study: Study): StudyRun[] =>
  study.seeds.flatMap((seed) =>
    Object.entries(study.variants).map(([variant, { preset = study.preset, ...own }]) => ({
      variant,
      seed,
      preset: String(preset),
      settings: { ...study.set, ...own, ...Object.fromEntries(study.vary.map((key) => [key, seed])) },
    })),
  );

/** What whoever runs studies knows of a run. */
export interface RunFacts {
  /** Two runs of one key share their teacher; undefined where a run has none. */
  readonly teacher: string | undefined;
}

/** Something that is done once, in a folder of its own, after what it needs. */
export interface StudyNode {
  /** Its folder within the study's: `teachers/1f3a` or `runs/paper-1`. */
  readonly id: string;
  readonly kind: "teacher" | "run";
  readonly needs: readonly string[];
  readonly run: StudyRun;
}

const runId = ({ variant, seed }: StudyRun): string => `runs/${variant}-${seed}`;

/** The study's graph, what is needed before what needs it: a teacher that several runs share is trained once. */
export function expand<Facts extends RunFacts>(
  study: Study,
  factsOf: (run: StudyRun) => Facts,
): (StudyNode & { readonly facts: Facts })[] {
  const teachers = new Map<string, StudyNode & { readonly facts: Facts }>();
  const runs = runsOf(study).map((run) => {
    const facts = factsOf(run);
    const { teacher } = facts;
    const id = `teachers/${teacher}`;
    if (teacher !== undefined && !teachers.has(id)) teachers.set(id, { id, kind: "teacher", needs: [], run, facts });
    return { id: runId(run), kind: "run" as const, needs: teacher === undefined ? [] : [id], run, facts };
  });
  return [...teachers.values(), ...runs];
}

import { join } from "node:path";
import type { OpenStudy } from "../study/open-study.ts";
import { statesOf, type StudyStates } from "../study/study-states.ts";
import { followRun } from "./follow-run.ts";
import { KeptFiles, KeptPictures } from "./kept.ts";
import type { Followed } from "./server.ts";
import { resultsOf } from "./study-results.ts";
import { studySections } from "./study-sections.ts";

/** A look at all nodes reads checkpoints whole and asks the queue: who follows a study looks so often. */
const lookMs = 10_000;

/** Follows a study: the states of its nodes, and each node's run by its name. */
export function followStudy(open: OpenStudy): (query: URLSearchParams) => Followed | undefined {
  const files = new KeptFiles();
  const pictures = new KeptPictures();
  let look: { readonly at: number; readonly states: Promise<StudyStates> } | undefined;
  const statesNow = (): Promise<StudyStates> => {
    if (!look || performance.now() - look.at > lookMs) look = { at: performance.now(), states: statesOf(open) };
    return look.states;
  };
  const whole: Followed = {
    title: open.study.name,
    async mark() {
      return JSON.stringify(await statesNow());
    },
    async sections() {
      return studySections(open, await statesNow(), await resultsOf(open, files), pictures);
    },
  };
  const runs = new Map(open.nodes.map(({ id }) => [id, followRun(join(open.folder, id), open.study.name)]));
  return (query) => {
    const node = query.get("node");
    return node === null ? whole : runs.get(node);
  };
}

import { join } from "node:path";
import { escapeHtml } from "../report/escape-html.ts";
import type { NodeStatus } from "../study/node-status.ts";
import type { OpenStudy } from "../study/open-study.ts";
import { countsText, statesOf } from "../study/study-states.ts";
import { followRun } from "./follow-run.ts";
import type { Followed } from "./server.ts";

function tableHtml(states: readonly NodeStatus[]): string {
  const rows = states.map(({ id, state, about }) => {
    const name = `<a href="/?node=${encodeURIComponent(id)}">${escapeHtml(id)}</a>`;
    return `<tr><td>${name}</td><td><span class="state ${state.replace(" ", "-")}">${state}</span></td><td>${escapeHtml(about)}</td></tr>`;
  });
  return `<div class="wide"><table><thead><tr><th>Node</th><th>State</th><th></th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** A look at all nodes reads checkpoints whole and asks the queue: who follows a study looks so often. */
const lookMs = 10_000;

/** Follows a study: the states of its nodes, and each node's run by its name. */
export function followStudy(open: OpenStudy): (query: URLSearchParams) => Followed | undefined {
  let look: { readonly at: number; readonly states: Promise<NodeStatus[]> } | undefined;
  const statesNow = (): Promise<NodeStatus[]> => {
    if (!look || performance.now() - look.at > lookMs) look = { at: performance.now(), states: statesOf(open) };
    return look.states;
  };
  const whole: Followed = {
    title: open.study.name,
    async mark() {
      return JSON.stringify(await statesNow());
    },
    async sections() {
      const states = await statesNow();
      return {
        header: `<h1>Study: ${escapeHtml(open.study.name)}</h1>\n<p>${escapeHtml(countsText(states))} in ${escapeHtml(open.folder)}</p>`,
        nodes: tableHtml(states),
      };
    },
  };
  const runs = new Map(open.nodes.map(({ id }) => [id, followRun(join(open.folder, id))]));
  return (query) => {
    const node = query.get("node");
    return node === null ? whole : runs.get(node);
  };
}

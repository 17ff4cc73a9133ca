import { describe, expect, it } from "vitest";
import { expand, runGraph, studyOf, type StudyNode } from "../src/index.ts";

const study = studyOf(
  { name: "s", about: "a", preset: "demo", seeds: [1, 2], baseline: "a", variants: { a: {}, b: {}, c: {} } },
  "here",
);
const nodes = expand(study, ({ seed }) => ({ teacher: `t${seed}` }));
const never = (): Promise<boolean> => Promise.resolve(false);

describe("runGraph", () => {
  it("runs each node once, after what it needs, and no more at once than it may", async () => {
    const ended: string[] = [];
    let [running, most] = [0, 0];
    const run = async (node: StudyNode): Promise<void> => {
      expect(node.needs.every((id) => ended.includes(id))).toBe(true);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      ended.push(node.id);
    };
    const states = await runGraph(nodes, { atOnce: 2, isDone: never, run, tell: () => {} });
    expect(ended.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
    expect([...states.values()].every((state) => state === "done")).toBe(true);
    expect(most).toBe(2);
  });

  it("fails what depends on a failed node and nothing else, and goes on where it was", async () => {
    const done = new Set<string>();
    let broken = true;
    const events: string[] = [];
    const options = {
      atOnce: 1,
      isDone: (node: StudyNode) => Promise.resolve(done.has(node.id)),
      run: (node: StudyNode): Promise<void> => {
        if (broken && node.id === "teachers/t1") return Promise.reject(new Error("no"));
        done.add(node.id);
        return Promise.resolve();
      },
      tell: (node: StudyNode, event: string) => void events.push(`${node.id} ${event}`),
    };
    const states = await runGraph(nodes, options);
    expect([...states].filter(([, state]) => state !== "done")).toEqual([
      ["teachers/t1", "failed"],
      ["runs/a-1", "not run"],
      ["runs/b-1", "not run"],
      ["runs/c-1", "not run"],
    ]);
    broken = false;
    events.length = 0;
    const again = await runGraph(nodes, options);
    expect([...again.values()].every((state) => state === "done")).toBe(true);
    expect(events.filter((event) => event.endsWith(" begun"))).toEqual([
      "teachers/t1 begun",
      "runs/a-1 begun",
      "runs/b-1 begun",
      "runs/c-1 begun",
    ]);
  });
});

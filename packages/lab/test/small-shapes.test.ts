import { expect, it, vi } from "vitest";
import { listLadders } from "../build/plugins.ts";
import { loadLadder } from "../src/engine/ladders.ts";
import { chosenConstants, shapesOfRungs, smallShapes } from "../src/engine/small-shapes.ts";

// What a page's build resolves by the condition "browser": test and benchmark files say what they have, and run nothing.
vi.mock("@fledge/testing", () => import("@fledge/testing/browser"));
vi.mock("@fledge/bench", () => import("@fledge/bench/browser"));

const projects = await listLadders();

it("names ladders and rungs that there are, and constants that they have", async () => {
  const ladders = await Promise.all(
    projects.flatMap(({ project, ladders: all }) => all.map(({ name }) => loadLadder(project, name))),
  );
  const constantsOf = new Map(
    ladders.flatMap(({ kernel }) => kernel.rungs.map(({ id, module }) => [id, module.constants] as const)),
  );
  const names = ladders.map(({ kernel }) => kernel.name);
  expect(Object.keys(smallShapes).filter((name) => !names.includes(name))).toEqual([]);
  const rungs = Object.keys({ ...shapesOfRungs, ...chosenConstants });
  expect(rungs.filter((id) => !constantsOf.has(id))).toEqual([]);
  const idle = Object.entries(chosenConstants).filter(
    ([id, wanted]) => !Object.keys(wanted).some((name) => name in constantsOf.get(id)!),
  );
  expect(idle).toEqual([]);
});

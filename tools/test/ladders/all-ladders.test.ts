import { join } from "node:path";
import { rungFile } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { allRungs, kernelRoots, laddersOf } from "../../src/ladders/find-ladders.ts";

const roots = [...kernelRoots(workspaceRoot), join(workspaceRoot, "tools", "starter-kernel")];
const found = (await Promise.all(roots.map(laddersOf))).flat();

/** `06-registers-only` as `registersOnly`. */
const camelCase = (file: string): string =>
  file.replace(/^\d\d-/, "").replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

it("finds the ladders", () => {
  expect(found.length).toBeGreaterThanOrEqual(26);
});

describe.each(found)("$ladder.name", ({ ladder, exports }) => {
  const rungs = allRungs(ladder);

  it("exports every rung by the name of its file", () => {
    const { ladder: own, ...named } = exports;
    expect(own).toBe(ladder);
    for (const rung of rungs) expect(named[camelCase(rungFile(rung.id))], rung.id).toBe(rung);
  });

  it("has its rungs in the order of their numbers, each from an earlier one but the plainest", () => {
    const files = ladder.rungs.map(({ id }) => rungFile(id));
    expect(files).toEqual([...files].sort());
    expect(ladder.noop?.from).toBe(ladder.rungs[0]);
    ladder.rungs.forEach((rung, index) => {
      expect(ladder.rungs.slice(0, index).includes(rung.from!), rung.id).toBe(index > 0);
    });
  });
});

import { describe, expect, it } from "vitest";
import { baselineDevice } from "../../src/device-traits.ts";
import type { Rung } from "../../src/kernel.ts";
import { distinctCandidates, type Candidates } from "../../src/tuning/candidates.ts";
import { shapeKey } from "../../src/tuning/choices.ts";
import { parseWgsl } from "../../src/wgsl/module.ts";
import { addKernel, type AddShape } from "../support/add-kernel.ts";
import { ladder, onCounts } from "./fixtures.ts";

const [naive] = addKernel.rungs as [Rung<AddShape>];
const candidatesOf = (...rungs: Parameters<typeof ladder>): Candidates =>
  distinctCandidates(onCounts(ladder(...rungs), 100), baselineDevice)[0]!;
const rungsOf = ({ plans }: Candidates): string[] => plans.map(({ rung }) => rung);

it("are the rungs that `select` names and that can run the shape, the default first", () => {
  const unsupported: Rung<AddShape>["unsupported"] = ({ count }) => (count > 50 ? "too many" : null);
  const kernel = ladder({ id: "add/03-few", unsupported }, { id: "add/02-wide" }, { id: "add/01-naive" });
  const larger = { ...kernel, rungs: [...kernel.rungs, { ...kernel.rungs[2]!, id: "add/04-not-named" }] };
  const [few, many] = distinctCandidates(onCounts(larger, 10, 100), baselineDevice);
  expect(rungsOf(few!)).toEqual(["add/03-few", "add/02-wide", "add/01-naive"]);
  expect(rungsOf(many!)).toEqual(["add/02-wide", "add/01-naive"]);
});

it("come once for each kernel and shape, a kernel's cheapest shapes first", () => {
  const [a, b] = [ladder({ id: "add/01-naive" }), { ...ladder({ id: "add/01-naive" }), name: "other" }];
  const all = distinctCandidates([...onCounts(a, 30, 10), ...onCounts(b, 20), ...onCounts(a, 20, 30)], baselineDevice);
  expect(all.map(({ kernel, shape }) => [kernel, (shape as AddShape).count])).toEqual([
    ["add", 10],
    ["add", 20],
    ["add", 30],
    ["other", 20],
  ]);
});

it("have equal shapes whatever the order of their names", () => {
  expect(shapeKey({ b: 1, a: { d: [2, 1], c: 3 } })).toBe('{"a":{"c":3,"d":[2,1]},"b":1}');
  expect(shapeKey({ a: 1 })).not.toBe(shapeKey({ a: 2 }));
});

describe("their version", () => {
  const { version } = candidatesOf({ id: "add/02-wide" }, { id: "add/01-naive" });

  it("stays where comments and spacing change", () => {
    const module = parseWgsl(`// Explained.\n${naive.module.source.replaceAll("  ", "    ")} /* and again */`);
    expect(candidatesOf({ id: "add/02-wide", module }, { id: "add/01-naive" }).version).toBe(version);
  });

  const [wide, plain] = [{ id: "add/02-wide" }, { id: "add/01-naive" }];
  it.each<[string, Parameters<typeof ladder>]>([
    ["a module", [{ ...wide, module: parseWgsl(naive.module.source.replace("* 3u", "* 4u")) }, plain]],
    ["a constant", [{ ...wide, constants: () => ({ WG: 32 }) }, plain]],
    ["a parameter", [{ ...wide, params: ({ count, step }) => ({ count, step, rounds: 9 }) }, plain]],
    ["a grid", [{ ...wide, passes: [{ entryPoint: "main", workgroups: () => [3, 1, 1] }] }, plain]],
    ["a name", [{ id: "add/03-wide" }, plain]],
    ["the order", [plain, wide]],
    ["the number of rungs", [wide, plain, { id: "add/03-more" }]],
  ])("changes with %s", (_, rungs) => {
    expect(candidatesOf(...rungs).version).not.toBe(version);
  });
});

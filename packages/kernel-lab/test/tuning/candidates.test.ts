import { baselineDevice, type Rung } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { distinctCandidates, type Candidates } from "../../src/tuning/candidates.ts";
import { doubleKernel, doubling, onCounts, type Different, type DoubleShape } from "../support/double-kernel.ts";

const candidatesOf = (...rungs: readonly Different[]): Candidates =>
  distinctCandidates(onCounts(doubleKernel(...rungs), 100), baselineDevice)[0]!;
const rungsOf = ({ plans }: Candidates): string[] => plans.map(({ rung }) => rung);
const upTo50: Rung<DoubleShape>["unsupported"] = ({ count }) => (count > 50 ? "too many" : null);
const [naive, wide] = [{ id: "double/01-naive" }, { id: "double/02-wide" }];

it("are the rungs that `select` names and that can run the shape, the default first", () => {
  const kernel = doubleKernel(naive, wide, { id: "double/03-few", unsupported: upTo50 });
  const larger = { ...kernel, rungs: [...kernel.rungs, { ...kernel.rungs[0]!, id: "double/04-not-named" }] };
  const [few, many] = distinctCandidates(onCounts(larger, 10, 100), baselineDevice);
  expect(rungsOf(few!)).toEqual(["double/03-few", "double/02-wide", "double/01-naive"]);
  expect(rungsOf(many!)).toEqual(["double/02-wide", "double/01-naive"]);
});

it("are compared with the plainest rung that can run the shape, named by `select` or not", () => {
  const kernel = doubleKernel({ ...naive, unsupported: upTo50 }, wide, { id: "double/03-fast" });
  const [few, many] = distinctCandidates(
    onCounts({ ...kernel, select: () => ["double/03-fast"] }, 10, 100),
    baselineDevice,
  );
  expect([few!.reference.rung, many!.reference.rung]).toEqual(["double/01-naive", "double/02-wide"]);
  expect(rungsOf(many!)).toEqual(["double/03-fast"]);
});

it("come once for each kernel and shape, a kernel's cheapest shapes first", () => {
  const [a, b] = [doubleKernel(naive), { ...doubleKernel(naive), name: "other" }];
  const all = distinctCandidates([...onCounts(a, 30, 10), ...onCounts(b, 20), ...onCounts(a, 20, 30)], baselineDevice);
  expect(all.map(({ kernel, shape }) => [kernel, (shape as DoubleShape).count])).toEqual([
    ["double", 10],
    ["double", 20],
    ["double", 30],
    ["other", 20],
  ]);
});

describe("tiles", () => {
  const tiled = (tiles: Rung<DoubleShape>["tiles"]): Candidates =>
    candidatesOf(naive, { ...wide, ...(tiles && { tiles }) });
  const tilesOf = ({ tiles }: Candidates): unknown[] => tiles.map(({ rung, tile }) => [rung, tile]);

  it("are the candidates' rungs with other constants, each once, within the limits of the adapter", () => {
    const all = tiled(({ count }) => [{ WG: 32 }, { WG: 64 }, { WG: 32 }, { WG: count }, { WG: 512 }]);
    expect(tilesOf(all)).toEqual([
      ["double/02-wide", { WG: 32 }],
      ["double/02-wide", { WG: 100 }],
    ]);
    expect(all.tiles[0]!.dispatches[0]).toMatchObject({ workgroups: [4, 1, 1] });
    expect(all.tiles[0]!.dispatches[0]!.wgsl).toContain("const WG = 32u;");
  });

  it("change the version, which without any is what it was before there were tiles", () => {
    expect(tiled(() => []).version).toBe(candidatesOf(naive, wide).version);
    expect(tiled(() => [{ WG: 32 }]).version).not.toBe(candidatesOf(naive, wide).version);
    expect(tiled(() => [{ WG: 32 }]).version).not.toBe(tiled(() => [{ WG: 16 }]).version);
  });

  it("that set what the module does not have are an error", () => {
    expect(() => tiled(() => [{ BM: 32 }])).toThrow("the WGSL module has no constant BM to set");
  });
});

describe("their version", () => {
  const { version } = candidatesOf(naive, wide);

  it("stays where comments and spacing change", () => {
    const source = `// Explained.\n${doubling.replaceAll("  ", "    ")} /* and again */`;
    expect(candidatesOf(naive, { ...wide, source }).version).toBe(version);
  });

  it.each<[string, Different[]]>([
    ["a module", [naive, { ...wide, source: doubling.replace("* x", "+ x") }]],
    ["a constant", [naive, { ...wide, constants: () => ({ WG: 32 }) }]],
    ["a parameter", [naive, { ...wide, params: ({ count }) => ({ count, factor: 3 }) }]],
    ["a grid", [naive, { ...wide, passes: [{ entryPoint: "main", workgroups: () => [3, 1, 1] }] }]],
    ["a name", [naive, { id: "double/03-wide" }]],
    ["the order", [wide, naive]],
    ["the number of rungs", [naive, { id: "double/03-more" }, wide]],
  ])("changes with %s", (_, rungs) => {
    expect(candidatesOf(...rungs).version).not.toBe(version);
  });

  it("changes with the rung that they are compared with", () => {
    const onlyWide = (reference: Different): string => {
      const kernel = { ...doubleKernel(reference, wide), select: () => [wide.id] };
      return distinctCandidates(onCounts(kernel, 100), baselineDevice)[0]!.version;
    };
    expect(onlyWide({ ...naive, constants: () => ({ WG: 32 }) })).not.toBe(onlyWide(naive));
  });
});

import { describe, expect, it } from "vitest";
import { compareLadders, renderChanges } from "../src/compare.ts";
import type { CaseResult } from "../src/ladder-result.ts";
import { caseOf, ladderOf, spread, timed } from "./results.ts";

const before = caseOf("conv1", [timed("conv/01-naive", 1000), timed("conv/02-tiled", 100)], "conv/02-tiled");
const compare = (after: CaseResult) => compareLadders({ conv: ladderOf(before) }, { conv: ladderOf(after) });

/** The same machine when everything on it takes `factor` times as long. */
const slowed = (factor: number, one: CaseResult): CaseResult => ({
  ...one,
  referenceUs: spread(one.referenceUs.median * factor),
  ceilings: {
    fma: { ...one.ceilings.fma, rateGflops: one.ceilings.fma.rateGflops / factor },
    copy: { ...one.ceilings.copy, rateGbps: one.ceilings.copy.rateGbps / factor },
  },
  rungs: one.rungs.map((rung) =>
    rung.outcome === "timed" ? { ...rung, timeUs: spread(rung.timeUs.median * factor) } : rung,
  ),
});

describe("compareLadders", () => {
  it("sees no change where the whole machine is slower", () => {
    const { changes, lost } = compare(slowed(3, before));
    expect(lost).toEqual([]);
    expect(changes.map(({ rung, layer, byTime }) => [rung, layer, byTime])).toEqual([
      ["conv/01-naive", "conv1", 3],
      ["conv/02-tiled", "conv1", 3],
    ]);
    for (const { byFma, byCopy, byReference, slowdown, speedup } of changes) {
      for (const ratio of [byFma, byCopy, byReference, slowdown, speedup]) expect(ratio).toBeCloseTo(1, 12);
    }
  });

  it("names the rung that became slower or faster, also on a slower machine", () => {
    const after = slowed(
      2,
      caseOf("conv1", [timed("conv/01-naive", 500), timed("conv/02-tiled", 150)], "conv/02-tiled"),
    );
    const [naive, tiled] = compare(after).changes;
    expect(naive!.speedup).toBeCloseTo(2, 12);
    expect(tiled!.slowdown).toBeCloseTo(1.5, 12);
    expect(tiled!.timesUs).toEqual([90, 270]);
    expect(renderChanges([tiled!])).toMatch(
      /conv\/02-tiled \| conv1 +\| +90\.0 \| +270 \| +3\.00 \| +1\.50 \| +1\.50 \| +1\.50 \|/,
    );
  });

  it("takes the yardstick that shows the least: one disturbed measurement is no change", () => {
    const quickReference = { ...slowed(2, before), referenceUs: before.referenceUs };
    expect(compare(quickReference).changes.map(({ byReference }) => byReference)).toEqual([2, 2]);
    for (const { slowdown, speedup } of compare(quickReference).changes) {
      expect(slowdown).toBeCloseTo(1, 12);
      expect(speedup).toBeLessThanOrEqual(1);
    }
  });

  it("compares the fast ends of the samples, which other work on the machine disturbs least", () => {
    const disturbed = (rung: string, p10: number) => ({ ...timed(rung, 3 * p10), timeUs: { ...spread(3 * p10), p10 } });
    const after = caseOf("conv1", [disturbed("conv/01-naive", 900), disturbed("conv/02-tiled", 90)], "conv/02-tiled");
    for (const { byTime, slowdown } of compare(after).changes) expect([byTime, slowdown]).toEqual([1, 1]);
  });

  it("tells of a rung that was timed and is not any more, and leaves out what only one run has", () => {
    const refused = {
      outcome: "unsupported",
      rung: "conv/02-tiled",
      reason: "IC is no multiple of 4",
    } as const;
    const after = caseOf("conv1", [timed("conv/01-naive", 1000), refused, timed("conv/03-new", 10)], "conv/03-new");
    const { changes, lost } = compare(after);
    expect(changes.map(({ rung }) => rung)).toEqual(["conv/01-naive"]);
    expect(lost).toEqual(["conv/02-tiled on conv1, which was timed before, is unsupported: IC is no multiple of 4"]);
  });

  it("tells of a rung that is gone", () => {
    const { changes, lost } = compare(caseOf("conv1", [timed("conv/01-naive", 1000)], "conv/01-naive"));
    expect(changes).toHaveLength(1);
    expect(lost).toEqual(["conv/02-tiled, which was timed before, is not there"]);
  });

  it("compares no cases whose shapes differ under one name", () => {
    expect(compare({ ...before, shape: { N: 4, C: 16 } }).changes).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { chartSvg } from "../peers/chart.ts";
import { evennessOf, goalResults } from "../peers/goals.ts";
import { renderOverview } from "../peers/overview.ts";
import { renderReport } from "../peers/report.ts";
import type { CaseResult, EntryResult, PeersResult } from "../peers/results.ts";
import { casesOf, convName, goalLayer, kinds, networkName } from "../peers/tasks.ts";

const entry = (contender: string, samplesMs: (number | null)[], difference: number | null = 1e-7): EntryResult => {
  return { contender, samplesMs, repeats: 1, difference: contender === "fledge" ? null : difference };
};

function caseNamed(name: string, entries: readonly EntryResult[]): CaseResult {
  const found = casesOf(kinds, [64, 224], false).find((each) => each.name === name)!;
  return { ...found, tolerance: 1e-4, entries };
}

const step = networkName("train", 224);
const conv = convName(goalLayer, "forward");

const runOf = (cases: readonly CaseResult[], software = true): PeersResult => ({
  date: "2026-11-22T12:00:00.000Z",
  environment: { node: "v20.19.0", cpu: "a CPU", cores: 2, commit: "abc" },
  adapter: { name: "an adapter", driver: "a driver", software },
  settings: { command: "npm run peers", rounds: 3, slowRounds: 1 },
  contenders: [
    { id: "fledge", title: "Fledge", versions: {} },
    { id: "tfjs", title: "TensorFlow.js", versions: { tfjs: "4.22.0" } },
    { id: "jax-js", title: "jax-js", versions: { jax: "0.1.25" } },
    { id: "pytorch", title: "PyTorch", versions: {}, absent: "no torch; apt-get install python3-torch\nand more" },
  ],
  cases,
});

const fast = caseNamed(step, [entry("fledge", [1000, 2000, 1000]), entry("tfjs", [30_000, null, null])]);
const slow = caseNamed(conv, [entry("fledge", [100, 100, 100]), entry("jax-js", [50, 40, 60])]);

describe("goals", () => {
  test("take a peer's time over Fledge's of the same round", () => {
    const results = goalResults(runOf([fast, slow]));
    expect(results.map(({ case: name, measured, reached }) => [name, measured, reached])).toEqual([
      [step, 30, true],
      [conv, 0.5, false],
    ]);
  });

  test("speak of software adapters only", () => {
    expect(goalResults(runOf([fast, slow], false))).toEqual([]);
  });
});

describe("evenness", () => {
  const other = caseNamed(convName(goalLayer, "gradWeight"), [entry("fledge", [40, 40, 40])]);

  test("holds the slowest convolution against the fastest", () => {
    const even = evennessOf(runOf([fast, slow, other]))!;
    expect([even.slowest.name, even.fastest.name, even.reached]).toEqual([conv, other.name, false]);
    expect(even.share).toBeCloseTo(0.4, 12);
  });

  test("wants two convolutions, on a software adapter", () => {
    expect(evennessOf(runOf([fast, slow]))).toBeUndefined();
    expect(evennessOf(runOf([slow, other], false))).toBeUndefined();
  });

  test("stands with the goals on the page of all runs", () => {
    const page = renderOverview([["peers-a", runOf([fast, slow, other])]]);
    expect(page).toContain("[all figures](peers-a.md)");
    expect(page).toMatch(/over Fledge's +\| +30\.0x \| at least 22\.0x \| +reached \|/);
    expect(page).toMatch(/\(46\.2\) +\| +40 % \| +at least 60 % \| not reached \|/);
  });
});

describe("the page", () => {
  const page = renderReport(runOf([fast, slow]), "peers.svg");

  test("says where Fledge is slower", () => {
    expect(page).toContain(`- ${conv}: jax-js is 2.00x as fast.`);
    expect(page).not.toContain(`- ${step}: `);
  });

  test("shows times, ratios and goals", () => {
    expect(page).toMatch(
      /8x56x56x64 -> 64: forward \| +100 ms \(100 ms to 100 ms\), 18\.5 GFLOPS \| +50\.0 ms, 0\.500x \(0\.420x to 0\.580x\) \|/,
    );
    expect(page).toMatch(/224 px +\| +TensorFlow\.js \| +30\.0x \| +at least 22\.0x \| +reached \|/);
    expect(page).toMatch(/forward +\| +jax-js \| +0\.500x \| +at least 6\.00x \| +not reached \|/);
  });

  test("tells how to get who is absent, in a line", () => {
    expect(page).toContain("- PyTorch: absent: no torch; apt-get install python3-torch\n");
  });

  test("marks disagreement and failure", () => {
    const wrong = caseNamed(conv, [
      entry("fledge", [100]),
      entry("tfjs", [50], 0.5),
      { ...entry("jax-js", []), error: "no memory" },
    ]);
    const marked = renderReport(runOf([wrong]), "peers.svg");
    expect(marked).toMatch(/\| +50\.0 ms, 0\.500x \(0\.500x to 0\.500x\), disagrees \| +failed \|/);
    expect(marked).toContain(`- ${conv}: jax-js failed: no memory`);
  });
});

test("the chart has a point for every measured ratio and none for who is absent", () => {
  const svg = chartSvg(runOf([fast, slow]));
  expect(svg).toMatch(/^<svg /);
  expect(svg).toContain("TensorFlow.js");
  expect(svg).toContain(goalLayer.replace(">", "&gt;"));
  expect(svg).not.toContain("PyTorch");
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Request } from "../peers/contender.ts";
import { measureCase, type Asked } from "../peers/measure-case.ts";
import { disagrees, ratioOf, timeOf, type CaseResult } from "../peers/results.ts";
import type { Case } from "../peers/tasks.ts";

const small: Case = {
  name: "small",
  task: {
    kind: "conv",
    direction: "forward",
    shape: { N: 1, IH: 2, IW: 2, IC: 1, OC: 1, KH: 1, KW: 1, stride: 1, padding: 0 },
  },
};

interface Play {
  readonly timeMs?: number;
  /** What it computes from `x`. */
  readonly compute?: (x: number) => number;
  readonly failAt?: Request["do"];
}

/** A contender that writes down what it is asked in `log`, and takes as long as it is told. */
function played(id: string, log: string[], { timeMs = 300, compute = (x) => x, failAt }: Play = {}): Asked {
  let x = new Float32Array(0);
  return {
    id,
    ask: async (request) => {
      if (request.do === failAt) throw new Error(`${id} fails`);
      if (request.do === "prepare") x = new Float32Array(new Uint8Array(readFileSync(request.inputs["x"]!)).buffer);
      if (request.do === "measure") log.push(`${id} x${request.repeats}`);
      if (request.do !== "outputs") return { timeMs };
      const file = join(request.folder, `${id}.bin`);
      writeFileSync(file, x.map(compute));
      return { files: { out: file } };
    },
  };
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fledge-peers-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const measure = (contenders: readonly Asked[]): Promise<CaseResult> =>
  measureCase(small, contenders, { rounds: 3, slowRounds: 1 }, folder);

describe("measureCase", () => {
  test("alternates the contenders after two warm-up runs of each", async () => {
    const log: string[] = [];
    const result = await measure([played("fledge", log), played("peer", log, { timeMs: 600 })]);
    expect(log.slice(0, 4)).toEqual(["fledge x1", "fledge x1", "peer x1", "peer x1"]);
    expect(log.slice(4)).toEqual(["fledge x1", "peer x1", "peer x1", "fledge x1", "fledge x1", "peer x1"]);
    expect(ratioOf(result, "peer")).toMatchObject({ median: 2, samples: 3 });
  });

  test("times short runs together", async () => {
    const log: string[] = [];
    await measure([played("fledge", log, { timeMs: 60 })]);
    expect(log.slice(2)).toEqual(["fledge x4", "fledge x4", "fledge x4"]);
  });

  test("lets what is slow sit out the later rounds, and warms it up once", async () => {
    const log: string[] = [];
    const result = await measure([played("fledge", log), played("slow", log, { timeMs: 60_000 })]);
    expect(log.filter((entry) => entry.startsWith("slow"))).toHaveLength(2);
    expect(timeOf(result, "slow")?.samples).toBe(1);
    expect(timeOf(result, "fledge")?.samples).toBe(3);
    expect(ratioOf(result, "slow")?.median).toBe(200);
  });

  test.each(["prepare", "measure", "outputs"] as const)("goes on where a peer fails at %s", async (failAt) => {
    const result = await measure([played("fledge", []), played("broken", [], { failAt })]);
    expect(timeOf(result, "fledge")?.samples).toBe(3);
    expect(result.entries[1]).toMatchObject({ error: "broken fails", difference: null });
  });

  test("finds peers that compute something else, or NaN", async () => {
    const peers = [
      played("same", []),
      played("near", [], { compute: (x) => x * (1 + 1e-6) }),
      played("wrong", [], { compute: (x) => x * 1.01 }),
      played("nan", [], { compute: () => NaN }),
    ];
    const result = await measure([played("fledge", []), ...peers]);
    expect(result.entries.map((entry) => disagrees(result, entry))).toEqual([false, false, false, true, true]);
    expect(result.entries.map(({ difference }) => difference)).toEqual([
      null,
      0,
      expect.closeTo(1e-6, 6),
      expect.closeTo(0.01, 4),
      Infinity,
    ]);
  });
});

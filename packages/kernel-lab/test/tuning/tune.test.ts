import { describe, expect, it } from "vitest";
import { distinctCandidates } from "../../src/tuning/candidates.ts";
import { NoReferenceError, raceOnDevice, worthTrying, type TuneResult } from "../../src/tuning/race-on-device.ts";
import { tune, type RacePlans, type Tuned } from "../../src/tuning/tune.ts";
import { doubleKernel, moduleOf, onCounts, type Different } from "../support/double-kernel.ts";
import { openGpu } from "../support/open-gpu.ts";

const gpu = await openGpu();

async function tuned(...args: Parameters<typeof tune>): Promise<Tuned[]> {
  const all: Tuned[] = [];
  for await (const one of tune(...args)) all.push(one);
  return all;
}

/** How the rungs come in, the last of them being the default. */
async function resultOf(count: number, ...rungs: readonly Different[]): Promise<TuneResult> {
  const before = gpu.allocatedBytes;
  const [one] = await tuned(gpu, distinctCandidates(onCounts(doubleKernel(...rungs), count), gpu.traits));
  expect(gpu.allocatedBytes).toBe(before);
  expect(() => gpu.throwIfFailed()).not.toThrow();
  return one!.result;
}

const naive = { id: "double/01-naive" };
const narrow = { id: "double/02-narrow", constants: () => ({ WG: 32 }) };
/** So slow that any other rung would win, were times all that counts. */
const slow = {
  id: "double/01-slow",
  source: moduleOf(
    "var sum = 0.0; for (var k = 0u; k < 2000u; k++) { sum = fma(sum, 0.5, x[(i + k) % params.count]); }\n" +
      "out[i] = params.factor * x[i] + select(0.0, 1.0, sum == 0.3);",
  ),
};

it("times every candidate on this adapter and leaves no memory behind", async () => {
  const uses = onCounts(doubleKernel(naive, narrow), 1000, 70_000);
  const before = gpu.allocatedBytes;
  const all = await tuned(gpu, distinctCandidates(uses, gpu.traits));
  expect(all.map(({ candidates }) => candidates.shape)).toEqual(uses.map(({ shape }) => shape));
  for (const { result } of all) {
    expect(Object.keys(result.timesUs)).toEqual(["double/02-narrow", "double/01-naive"]);
    expect(Object.keys(result.timesUs)).toContain(result.winner);
    for (const timeUs of Object.values(result.timesUs)) expect(timeUs === null || timeUs > 0).toBe(true);
    expect(result.leftOut).toEqual({});
  }
  expect(gpu.allocatedBytes).toBe(before);
});

describe("never lets a rung win, not as the default either, that", () => {
  const count = 4096;
  const doubled = "out[i] = params.factor * x[i];";
  it.each<[string, string, RegExp]>([
    [
      "computes something else",
      "out[i] = x[i];",
      /disagrees with double\/01-slow: out\[\d+\] is .* of 4096 are outside/,
    ],
    ["leaves one element", `if (i != 4095u) { ${doubled} }`, /out\[4095\] is NaN, expected \S+ within \S+$/],
    ["leaves everything", "if (x[i] == 0.3) { out[i] = 1.0; }", /out\[0\] is NaN.* and 4095 more of 4096/],
    ["takes one element from its neighbour", "out[i] = params.factor * x[select(i, 6u, i == 5u)];", /out\[5\] is /],
    ["shifts a row of 64", "out[i] = params.factor * x[(i + 64u) % params.count];", /of 4096 are outside/],
    ["loses the sign", "out[i] = max(params.factor * x[i], 0.0);", /outside/],
    ["loses half of f32's digits", "out[i] = params.factor * (x[i] + 4096.0) - params.factor * 4096.03;", /outside/],
  ])("%s", async (_, statement, message) => {
    const wrong = { id: "double/02-wrong", source: moduleOf(statement) };
    const { winner, timesUs, leftOut } = await resultOf(count, slow, wrong);
    expect([winner, Object.keys(timesUs)]).toEqual(["double/01-slow", ["double/01-slow"]]);
    expect(leftOut).toEqual({ "double/02-wrong": expect.stringMatching(message) as string });
  });

  it("is less exact than its own `errorFactor` says", async () => {
    const inexact = { id: "double/02-halves", source: moduleOf("out[i] = params.factor * x[i] * 1.0005;") };
    expect((await resultOf(count, naive, inexact)).leftOut).toHaveProperty("double/02-halves");
    const admitted = await resultOf(count, naive, { ...inexact, errorFactor: () => 300 });
    expect(admitted.leftOut).toEqual({});
    expect(Object.keys(admitted.timesUs)).toContain("double/02-halves");
  });
});

it("lets the reference rung win where no candidate agrees with it, though `select` does not name it", async () => {
  const wrong = ["02", "03"].map((id) => ({ id: `double/${id}`, source: moduleOf("out[i] = 1.0;") }));
  const kernel = { ...doubleKernel(naive, ...wrong), select: () => ["double/03", "double/02"] };
  const [one] = await tuned(gpu, distinctCandidates(onCounts(kernel, 100), gpu.traits));
  expect(one!.result).toMatchObject({ winner: "double/01-naive", timesUs: {} });
  expect(Object.keys(one!.result.leftOut)).toEqual(["double/03", "double/02"]);
});

it("does not let a wrong default win that nothing challenges", async () => {
  const wrong = { id: "double/02-wrong", source: moduleOf("out[i] = x[i];") };
  const kernel = { ...doubleKernel(naive, wrong), select: () => ["double/02-wrong"] };
  const [one] = await tuned(gpu, distinctCandidates(onCounts(kernel, 100), gpu.traits));
  expect(one!.result).toMatchObject({ winner: "double/01-naive", timesUs: {} });
  expect(one!.result.leftOut).toHaveProperty("double/02-wrong");
});

describe("chooses nothing and names the reference rung where that", () => {
  // By its bits: a compiler may make a number of x / (x - x).
  const notANumber = "out[i] = bitcast<f32>(bitcast<u32>(x[i]) | 0x7fc00000u);";
  const undefinedResult = { ...naive, source: moduleOf(notANumber) };
  it.each<[string, readonly Different[], RegExp]>([
    [
      "has no result",
      [undefinedResult, narrow],
      /^double\/01-naive, .*of double .*"count":100.*: its out holds what is/,
    ],
    ["is the default", [undefinedResult], /^double\/01-naive, .* its out holds what is no finite number$/],
    ["does not compile", [{ ...naive, source: moduleOf("out[i] = nonsense;") }, narrow], /double\/01-naive.*nonsense/s],
  ])("%s", async (_, rungs, message) => {
    const before = gpu.allocatedBytes;
    const tuning = tuned(gpu, distinctCandidates(onCounts(doubleKernel(...rungs), 100), gpu.traits));
    await expect(tuning).rejects.toThrow(message);
    await expect(tuning).rejects.toBeInstanceOf(NoReferenceError);
    expect(gpu.allocatedBytes).toBe(before);
    expect(() => gpu.throwIfFailed()).not.toThrow();
  });
});

describe("leaves out and says so where a challenger", () => {
  it("does not compile", async () => {
    const broken = { id: "double/02-broken", source: moduleOf("out[i] = nonsense;") };
    const { winner, timesUs, leftOut } = await resultOf(64, naive, broken);
    expect([winner, Object.keys(timesUs)]).toEqual(["double/01-naive", ["double/01-naive"]]);
    expect(leftOut["double/02-broken"]).toContain("nonsense");
  });

  const withScratch = (bytes: number) => ({
    id: "double/02-greedy",
    source: moduleOf("out[i] = params.factor * x[i] + 0.0 * scratch[i];").replace(
      "struct",
      "@group(0) @binding(3) var<storage, read_write> scratch: array<f32>;\nstruct",
    ),
    scratch: () => ({ scratch: { shape: [bytes / 4], dtype: "f32" as const } }),
  });

  it.each([
    ["largest buffer", 2 ** 50, /^scratch: .* is above this adapter's largest buffer/],
    [
      "binding limit",
      gpu.traits.maxStorageBufferBindingSize + 16,
      /"scratch".* above this adapter's binding limit|^scratch: .* above this adapter's largest buffer/,
    ],
  ])("wants scratch above the adapter's %s", async (_, bytes, message) => {
    const { winner, leftOut } = await resultOf(64, naive, withScratch(bytes));
    expect(winner).toBe("double/01-naive");
    expect(leftOut["double/02-greedy"]).toMatch(message);
  });
});

describe("tiles", () => {
  const wide = {
    id: "double/02-wide",
    source: moduleOf("out[i] = params.factor * x[i] + f32(WRONG);").replace("const WG", "const WRONG = 0u;\nconst WG"),
    tiles: () => [{ WG: 32 }, { WG: 16, WRONG: 1 }, { WG: 128 }],
  };
  const [narrow, wrong, wider] = ["WG=32", "WG=16 WRONG=1", "WG=128"].map((tile) => `double/02-wide ${tile}`) as [
    string,
    string,
    string,
  ];
  const candidates = distinctCandidates(onCounts(doubleKernel(wide), 4096), gpu.traits)[0]!;

  it("are timed beside the rung whose constants they set, where they agree with the reference rung", async () => {
    const { winner, timesUs, leftOut, untried } = await resultOf(4096, wide);
    expect(Object.keys(timesUs)).toEqual(["double/02-wide", narrow, wider]);
    expect(Object.keys(timesUs)).toContain(winner);
    expect(leftOut).toEqual({ [wrong]: expect.stringMatching(/^it disagrees with double\/02-wide: out\[/) as string });
    expect(untried).toBe(0);
  });

  it("are tried of the rungs that came in near the first, the fastest one's first", () => {
    const tiles = ["a", "b", "c", "d"].map((rung) => ({ ...candidates.plans[0]!, rung, tile: { WG: 1 } }));
    const timesUs = { a: 19, b: 10, c: 21, d: null };
    expect(worthTrying(tiles, { winner: "b", timesUs }).map(({ rung }) => rung)).toEqual(["b", "a"]);
  });

  it("are left untried when their time is up", async () => {
    const result = await raceOnDevice(gpu, candidates.plans, candidates, { tileSeconds: 0 });
    expect(result).toMatchObject({ winner: "double/02-wide", untried: 3, leftOut: {} });
  });

  it("of a rung that is given up at three shapes in a row are not tried either", async () => {
    const kernel = doubleKernel(wide, { id: "double/03-default" });
    const tried: number[] = [];
    const racePlans: RacePlans = (plans, { tiles }) => {
      tried.push(tiles.length);
      return Promise.resolve({ winner: plans[0]!.rung, timesUs: { "double/02-wide": null }, leftOut: {} });
    };
    await tuned(gpu, distinctCandidates(onCounts(kernel, 1, 2, 3, 4), gpu.traits), racePlans);
    expect(tried).toEqual([3, 3, 3, 0]);
  });
});

it("does not try a challenger at larger shapes that was given up at three in a row, and still checks the default", async () => {
  const kernel = doubleKernel({ id: "double/01-slow-at-times" }, { id: "double/02-slow" }, { id: "double/03-default" });
  const tried: string[][] = [];
  const racePlans: RacePlans = (plans) => {
    const rungs = plans.map(({ rung }) => rung);
    const race = tried.push(rungs) - 1;
    const isSlow = (rung: string): boolean =>
      rung === "double/02-slow" || (rung === "double/01-slow-at-times" && race !== 1);
    const timesUs = Object.fromEntries(rungs.map((rung) => [rung, isSlow(rung) ? null : 1]));
    return Promise.resolve({ winner: rungs[0]!, timesUs, leftOut: {} });
  };
  await tuned(gpu, distinctCandidates(onCounts(kernel, 1, 2, 3, 4, 5, 6), gpu.traits), racePlans);
  const all = ["double/03-default", "double/02-slow", "double/01-slow-at-times"];
  const withoutSlow = ["double/03-default", "double/01-slow-at-times"];
  expect(tried).toEqual([all, all, all, withoutSlow, withoutSlow, ["double/03-default"]]);
});

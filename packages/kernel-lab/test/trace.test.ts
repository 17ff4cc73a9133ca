import { input, mainPass, output, parseWgsl, planKernel, type Kernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { tracePlan, UntraceableError, type DispatchTrace } from "../src/index.ts";
import { openGpu } from "./support/open-gpu.ts";

const gpu = await openGpu();

interface Shape {
  readonly count: number;
}

/** Two workgroups of four lanes, with a tile, a function, and nested arrays at hand; `builtins` are more parameters. */
const moduleOf = (body: string, builtins = ""): string => /* wgsl */ `${builtins === "" ? "" : "enable subgroups;"}
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
var<workgroup> tile: array<f32, 4>;
var<workgroup> nest: array<array<f32, 4>, 2>;
var<workgroup> total: f32;
var<workgroup> hits: atomic<u32>;
fn sumOf(i: u32) -> f32 { let v = x[i]; return v.x + v.y; }
fn store(i: u32, value: f32) { out[i] = value; }
fn firstFrom(i: u32) -> f32 { for (var k = i; k < 4u; k++) { if (x[k].x >= 8.0) { return x[k].y; } } return 0.0; }
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32${builtins}) {
  let i = group.x * 4u + lane;
  ${body}
}`;

const kernelOf = (body: string, builtins?: string): Kernel<Shape> => ({
  name: "sums",
  check: () => undefined,
  tensors: ({ count }) => ({ x: input([count, 4]), out: output([count]) }),
  flops: () => 0,
  rungs: [
    {
      id: "sums/01-tile",
      idea: "a tile",
      module: parseWgsl(moduleOf(body, builtins)),
      params: ({ count }) => ({ count }),
      passes: mainPass(({ count }) => [Math.ceil(count / 4), 1, 1]),
    },
  ],
  select: () => ["sums/01-tile"],
});

const count = 8;
const x = Float32Array.from({ length: 4 * count }, (_, i) => i);

type Traced = DispatchTrace & { readonly out: readonly number[] };

async function traceOf(body: string): Promise<Traced> {
  const plan = planKernel(kernelOf(body), { count }, { device: gpu.traits });
  const { dispatches, outputs } = await tracePlan(gpu, plan, { x });
  return { ...dispatches[0]!, out: [...outputs["out"]!] };
}

/** With subgroups of two lanes, which no device has. */
async function traceOfPairs(body: string): Promise<Traced> {
  const builtins = ", @builtin(subgroup_invocation_id) place: u32, @builtin(subgroup_size) size: u32";
  const plan = planKernel(kernelOf(body, builtins), { count }, { device: gpu.traits });
  const { dispatches, outputs } = await tracePlan(gpu, plan, { x }, { subgroupLanes: 2 });
  return { ...dispatches[0]!, out: [...outputs["out"]!] };
}

/** Steps in short: `read x 0+4 4+4 | barrier`. */
const inShort = ({ groups }: DispatchTrace, group = 0): string[] =>
  groups[group]!.map(({ barrier, accesses }) =>
    barrier
      ? "barrier"
      : accesses
          .map(({ lane, kind, memory, first, count: cells }) => `${lane} ${kind} ${memory} ${first}+${cells}`)
          .join(", "),
  );

describe("tracePlan", () => {
  it("follows functions, loops and barriers, and changes no result", async () => {
    const trace = await traceOf(`
      tile[lane] = sumOf(i); workgroupBarrier();
      var sum = 0.0;
      for (var k = 0u; k <= lane; k++) { if (k != 1u) { sum += tile[k]; } }
      out[i] = sum;`);
    expect(inShort(trace, 1)).toEqual([
      "0 read x 16+4, 1 read x 20+4, 2 read x 24+4, 3 read x 28+4",
      "0 write tile 0+1, 1 write tile 1+1, 2 write tile 2+1, 3 write tile 3+1",
      "barrier",
      // Lanes that leave a turn out, or the loop, do not fall into the others' turns.
      "0 read tile 0+1, 1 read tile 0+1, 2 read tile 0+1, 3 read tile 0+1",
      "2 read tile 2+1, 3 read tile 2+1",
      "3 read tile 3+1",
      "0 write out 4+1, 1 write out 5+1, 2 write out 6+1, 3 write out 7+1",
    ]);
    const pairs = Array.from({ length: count }, (_, i) => x[4 * i]! + x[4 * i + 1]!);
    expect(trace.out.slice(4)).toEqual([pairs[4], pairs[4], pairs[4]! + pairs[6]!, pairs[4]! + pairs[6]! + pairs[7]!]);
    expect(trace.groups[1]!.map(({ phase }) => phase)).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  it("follows arrays in arrays, components, updates, scalars and atomics", async () => {
    const trace = await traceOf(`
      nest[1u - lane / 2u][3u - lane] = x[i].z;
      workgroupBarrier();
      if (lane == 0u) { total = nest[1][3] + nest[0][0]; atomicStore(&hits, 3u); }
      workgroupBarrier();
      tile[lane] = 1.0; tile[lane] += total;
      out[i] = tile[lane] + f32(atomicLoad(&hits));`);
    expect(inShort(trace).map((step) => step.replace(/, 1 .*/, ""))).toEqual([
      "0 write nest 7+1, 0 read x 2+1",
      "barrier",
      "0 write total 0+1, 0 read nest 7+1, 0 read nest 0+1",
      "0 write hits 0+1",
      "barrier",
      "0 write tile 0+1",
      "0 update tile 0+1, 0 read total 0+1",
      "0 read hits 0+1, 0 write out 0+1, 0 read tile 0+1",
    ]);
    expect(trace.out[0]).toBe(1 + x[2]! + x[14]! + 3);
  });

  it("shows what a call is given before what it does with it", async () => {
    const trace = await traceOf(`store(i, sumOf(i) + sumOf(7u - i));`);
    expect(inShort(trace).map((step) => step.replace(/, 1 .*/, ""))).toEqual([
      "0 read x 0+4",
      "0 read x 28+4",
      "0 write out 0+1",
    ]);
    expect(trace.out[0]).toBe(x[0]! + x[1]! + x[28]! + x[29]!);
  });

  it("leaves a function's loop where it returns from inside", async () => {
    const trace = await traceOf(`let found = firstFrom(lane); tile[lane] = found; out[i] = tile[lane];`);
    expect(inShort(trace)).toEqual([
      "0 read x 0+1, 1 read x 4+1, 2 read x 8+1, 3 read x 12+1",
      "2 read x 9+1, 3 read x 13+1",
      "0 read x 4+1, 1 read x 8+1",
      "1 read x 9+1",
      "0 read x 8+1",
      "0 read x 9+1",
      "0 write tile 0+1, 1 write tile 1+1, 2 write tile 2+1, 3 write tile 3+1",
      "0 write out 0+1, 0 read tile 0+1, 1 write out 1+1, 1 read tile 1+1, 2 write out 2+1, 2 read tile 2+1, 3 write out 3+1, 3 read tile 3+1",
    ]);
    expect(trace.out.slice(0, 4)).toEqual([x[9], x[9], x[9], x[13]]);
  });

  it("shows a loop's head before the turn that it begins", async () => {
    const trace = await traceOf(`
      for (var k = 1u; sumOf(k) + nest[0][k] < 14.0; k++) { tile[lane] = f32(k); }
      out[i] = 0.0;`);
    const [head, body] = [(k: number) => [`0 read x ${4 * k}+4`, `0 read nest ${k}+1`], "0 write tile 0+1"];
    expect(inShort(trace).map((step) => step.replace(/, 1 .*/, ""))).toEqual([
      ...head(1),
      body,
      ...head(2),
      "0 write out 0+1",
    ]);
  });

  it("takes a local name for what it is", async () => {
    const trace = await traceOf(
      `if (lane == 0u) { let tile = array<f32, 4>(); out[i] = tile[1]; } else { out[i] = 2.0; }`,
    );
    expect(trace.groups.flat().flatMap(({ accesses }) => accesses.map(({ memory }) => memory))).not.toContain("tile");
  });

  it("says what it does not follow, with the line", async () => {
    await expect(traceOf("let whole = &tile; out[i] = (*whole)[lane];")).rejects.toThrow(
      /^line 16 takes the address of tile/,
    );
    await expect(traceOf("let whole = tile; out[i] = whole[lane];")).rejects.toThrow(UntraceableError);
    await expect(traceOf("for (var k = 0u; k < 3000000u; k++) { out[i] = 1.0; }")).rejects.toThrow(
      /take smaller sizes$/,
    );
  });

  it("says where an adapter takes no more buffers than the rung itself binds", async () => {
    const plan = planKernel(kernelOf("out[i] = x[i].x;"), { count }, { device: gpu.traits });
    const traits = { ...gpu.traits, maxStorageBuffersPerShaderStage: 2 };
    const narrow = Object.create(gpu, { traits: { value: traits } }) as typeof gpu;
    await expect(tracePlan(narrow, plan, { x })).rejects.toThrow(
      /^sums\/01-tile binds 2 storage buffers, and the log of its reads and writes is one more than the 2 /,
    );
  });

  it("emulates subgroups, and shows neither their memory nor their barriers", async () => {
    const trace = await traceOfPairs(`
      let v = x[i]; var own = array<vec4f, 2>(v, 2.0 * v);
      for (var turn = 0u; turn < 2u; turn++) { own[turn] = subgroupShuffleXor(own[turn], 1u); }
      let sum = subgroupAdd(u32(v.x) * 1u);
      out[i] = own[1].x + 100.0 * f32(sum) + 10000.0 * subgroupMax(own[0].y - v.x) + 0.25 * f32(place) + 0.5 * f32(size);`);
    expect(inShort(trace)).toEqual([
      "0 read x 0+4, 1 read x 4+4, 2 read x 8+4, 3 read x 12+4",
      "0 write out 0+1, 1 write out 1+1, 2 write out 2+1, 3 write out 3+1",
    ]);
    expect(trace.memories.map(({ name }) => name)).toEqual(["x", "out"]);
    // v.x of element i is 4i; of a pair's other, i ^ 1, v.y - 4i is 5 in the even lane and -3 in the odd one.
    const expected = Array.from(
      { length: count },
      (_, i) => 8 * (i ^ 1) + 100 * 4 * (i + (i ^ 1)) + 10000 * 5 + 0.25 * (i % 2) + 1,
    );
    expect(trace.out).toEqual(expected);
  });

  it("says where it cannot emulate subgroups, with the line where there is one", async () => {
    await expect(traceOfPairs("out[i] = f32(subgroupBallot(true).x);")).rejects.toThrow(
      /^line 16 uses subgroupBallot, which a trace that emulates subgroups does not follow/,
    );
    await expect(traceOfPairs("if (lane < 2u) { out[i] = subgroupAdd(x[i].x); }")).rejects.toThrow(
      /^a subgroup operation stands where invocations of a workgroup may have gone different ways/,
    );
  });
});

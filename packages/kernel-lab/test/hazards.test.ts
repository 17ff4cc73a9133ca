import { input, mainPass, output, parseWgsl, planKernel, type Kernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { findHazards } from "../src/hazards/find-hazards.ts";
import { inOtherOrder } from "../src/hazards/reorder.ts";
import { openGpu } from "./support/open-gpu.ts";

const gpu = await openGpu();

interface Shape {
  readonly count: number;
}

/** Turns each 64 elements around, by a tile in workgroup memory: what can go wrong has a place here. */
const reversing = (body: string): string => /* wgsl */ `
const WORKGROUP = 64u;
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
var<workgroup> tile: array<f32, WORKGROUP>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.x * WORKGROUP + lane;
  ${body}
}`;

const kernelOf = (source: string): Kernel<Shape> => ({
  name: "reverse",
  check: () => undefined,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: () => 0,
  rungs: [
    {
      id: "reverse/01-tile",
      idea: "a tile",
      module: parseWgsl(source),
      params: ({ count }) => ({ count }),
      passes: mainPass(({ count }, { WORKGROUP }) => [Math.ceil(count / WORKGROUP!), 1, 1]),
    },
  ],
  select: () => ["reverse/01-tile"],
});

/** Four whole tiles, so that what is wrong is not merely wrong at the edge. */
const count = 256;
const x = Float32Array.from({ length: count }, (_, i) => i + 1);
const expected = { out: x.map((_, i) => x[Math.floor(i / 64) * 64 + 63 - (i % 64)]!) };

const hazardsOf = (body: string): Promise<string[]> =>
  findHazards(gpu, planKernel(kernelOf(reversing(body)), { count }, { device: gpu.traits }), {
    shape: { count },
    inputs: { x },
    expected,
    tolerances: {},
  });

const right = "tile[lane] = x[i]; workgroupBarrier(); out[i] = tile[WORKGROUP - 1u - lane];";

describe("findHazards", () => {
  it("finds nothing in a kernel that is right", async () => {
    expect(await hazardsOf(right)).toEqual([]);
  });

  it("finds a write past the end", async () => {
    expect(await hazardsOf(`${right} if (i == params.count - 1u) { out[i + 1u] = 3.0; }`)).toEqual([
      "it writes past the end of out, 0 bytes behind the last vector or more",
    ]);
  });

  it("finds it too where what is written comes from past the end of another", async () => {
    const copying = `${right} if (i == params.count - 1u) { out[i + 1u] = x[i + 1u]; }`;
    expect(await hazardsOf(copying)).toEqual([expect.stringMatching(/^it writes past the end of out/)]);
  });

  it("finds it too where an update in place would leave NaN as it is", async () => {
    const updating = `${right} if (i == params.count - 1u) { out[i + 1u] = out[i + 1u] - 0.5 * x[i]; }`;
    expect(await hazardsOf(updating)).toEqual([expect.stringMatching(/^it writes past the end of out/)]);
  });

  it("finds a read past the end", async () => {
    const reading =
      "tile[lane] = x[i] + f32(params.count - 256u) * x[i + 5u]; workgroupBarrier(); out[i] = tile[WORKGROUP - 1u - lane];";
    expect(await hazardsOf(reading)).toEqual([expect.stringMatching(/^with NaN behind .* it reads past an end$/)]);
  });

  it("finds a missing barrier that the device's own order hides", async () => {
    // The first subgroup fills the whole tile, and runs first on a device that runs one after the other.
    const hidden = `
      if (lane == 0u) { for (var k = 0u; k < WORKGROUP; k++) { tile[k] = x[group.x * WORKGROUP + k]; } }
      out[i] = tile[WORKGROUP - 1u - lane];`;
    expect(await hazardsOf(hidden)).toEqual([
      expect.stringMatching(/invocations in reverse order .* only behind a barrier$/),
    ]);
    expect(await hazardsOf(hidden.replace("out[i]", "workgroupBarrier(); out[i]"))).toEqual([]);
  });

  it("finds a workgroup that relies on another", async () => {
    // The workgroup before this one has written its own element; the first has none before it.
    const relying = `${right} if (group.x > 0u && lane == 0u) { out[i] = select(0.0, out[i], out[i - 64u] > 0.0); }`;
    expect(await hazardsOf(relying)).toEqual([expect.stringMatching(/workgroups in reverse order .* same dispatch$/)]);
  });
});

describe("inOtherOrder", () => {
  const [dispatch] = planKernel(kernelOf(reversing(right)), { count }, { device: gpu.traits }).dispatches;

  it("leaves a module's lines where they are", () => {
    const other = inOtherOrder(dispatch!, parseWgsl(dispatch!.wgsl), "workgroups")!;
    expect(other.wgsl.split("\n").length).toBe(dispatch!.wgsl.split("\n").length);
  });

  it("does not turn invocations around in a module that knows of subgroups", () => {
    const { code } = parseWgsl(`enable subgroups;\n${dispatch!.wgsl}`);
    expect(inOtherOrder(dispatch!, { code }, "invocations")).toBeNull();
  });
});

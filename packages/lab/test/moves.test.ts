import { batchnormStatistics } from "@fledge/batchnorm";
import { conv2dForward } from "@fledge/conv2d";
import { seededRandom, tracePlan, type DispatchTrace, type PlanTrace, type TensorData } from "@fledge/kernel-lab";
import { linearForward } from "@fledge/linear";
import { elementCount, Gpu, planKernel, type Kernel } from "@fledge/runtime";
import { softmaxCrossEntropyForward } from "@fledge/softmax-cross-entropy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shapesOfRungs, smallConstants, smallShapes } from "../src/engine/small-shapes.ts";
import { allSteps, deedsOf, tally } from "../src/ui/moves/words.ts";

// What the page shows of a rung, at the sizes it begins with, held against what the operator's definition says.

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.open();
});
afterAll(() => gpu.close());

/** Sets of cells by memory, `x:5` the fifth of x. */
type Cells = ReadonlySet<string>;
const cellsOf = (memory: string, cells: Iterable<number>): string[] => [...cells].map((cell) => `${memory}:${cell}`);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function trace<Shape>(kernel: Kernel<Shape>, rung: string): Promise<PlanTrace & { readonly shape: Shape }> {
  const shape = (shapesOfRungs[rung] ?? smallShapes[kernel.name]![0]) as Shape;
  const { constants } = kernel.rungs.find(({ id }) => id === rung)!.module;
  const plan = planKernel(kernel, shape, { device: gpu.traits, rung, tile: smallConstants(rung, constants) });
  const random = seededRandom(7);
  const inputs: Record<string, TensorData> = {};
  for (const [name, spec] of Object.entries(plan.tensors))
    inputs[name] =
      spec.dtype === "i32"
        ? new Int32Array(elementCount(spec)).map((_, i) => (5 * i) % 16)
        : new Float32Array(elementCount(spec)).map(() => random());
  return { ...(await tracePlan(gpu, plan, inputs)), shape };
}

/**
 * What each lane writes to buffers, and all cells of buffers whose values it had by then. What it read goes, with the
 * next write to workgroup memory before a barrier, to the cell written, which others read; what it read and gave to no
 * cell is its own.
 */
function flowsOf({ memories, groups }: DispatchTrace): { readonly written: Cells; readonly reached: Cells }[] {
  const inWorkgroup = new Set(memories.filter(({ role }) => role === "workgroup").map(({ name }) => name));
  return groups.flatMap((steps) => {
    const behind = new Map<string, Cells>();
    const lanes = new Map<number, { recent: Set<string>; reached: Set<string>; written: Set<string> }>();
    for (const { accesses, barrier } of steps) {
      if (barrier)
        for (const { recent, reached } of lanes.values()) {
          for (const source of recent) reached.add(source);
          recent.clear();
        }
      const moves = deedsOf(accesses).flatMap(({ memory, kind, cells }) =>
        [...cells].flatMap(([cell, all]) => all.map((lane) => ({ memory, kind, key: `${memory}:${cell}`, lane }))),
      );
      const of = (number: number) => {
        if (!lanes.has(number)) lanes.set(number, { recent: new Set(), reached: new Set(), written: new Set() });
        return lanes.get(number)!;
      };
      for (const { key, memory, lane } of moves.filter(({ kind }) => kind === "read"))
        for (const source of inWorkgroup.has(memory) ? (behind.get(key) ?? []) : [key]) of(lane).recent.add(source);
      const writes = moves.filter(({ kind }) => kind === "write");
      for (const { key, memory, lane } of writes)
        if (inWorkgroup.has(memory)) behind.set(key, new Set(of(lane).recent));
        else of(lane).written.add(key);
      for (const { memory, lane } of writes) if (inWorkgroup.has(memory)) of(lane).recent.clear();
    }
    return [...lanes.values()]
      .filter(({ written }) => written.size > 0)
      .map(({ written, reached, recent }) => ({ written, reached: new Set([...reached, ...recent]) }));
  });
}

/** Holds every lane's flow against what the cells that it writes are defined by. */
function expectFlows(dispatch: DispatchTrace, definition: (memory: string, cell: number) => readonly string[]): void {
  const flows = flowsOf(dispatch);
  expect(flows.length).toBeGreaterThan(0);
  for (const { written, reached } of flows) {
    const wanted = new Set(
      [...written].flatMap((key) => {
        const [memory, cell] = key.split(":");
        return definition(memory!, Number(cell));
      }),
    );
    expect([...reached].sort(), `behind ${[...written].join(" ")}`).toEqual([...wanted].sort());
  }
}

const totalsOf = (dispatch: DispatchTrace, name: string) =>
  tally(dispatch.memories, allSteps(dispatch)).find(({ memory }) => memory.name === name)!;
const ones = (count: number): number[] => range(count).map(() => 1);

describe("what a rung is shown to read and write", () => {
  it("is a product's rows and columns, through tiles", async () => {
    const { dispatches, shape } = await trace(linearForward, "linear-forward/04-workgroup-tiles");
    const { N, IN, OUT } = shape;
    const [main] = dispatches;
    expect(main!.workgroups).toEqual([2, 2, 1]);
    expectFlows(main!, (_, cell) => {
      const [n, o] = [Math.floor(cell / OUT), cell % OUT];
      return [
        ...cellsOf(
          "x",
          range(IN).map((i) => n * IN + i),
        ),
        ...cellsOf(
          "weight",
          range(IN).map((i) => i * OUT + o),
        ),
        ...cellsOf("bias", [o]),
      ];
    });
    expect(totalsOf(main!, "out").writes).toEqual(ones(N * OUT));
    // The lesson: a workgroup fetches an element once, and there are two along each side of out.
    expect(totalsOf(main!, "x").reads).toEqual(ones(N * IN).map(() => 2));
    expect(main!.memories.find(({ name }) => name === "xTile")!.shape).toEqual([4, 4]);
  });

  it("is a part of the sum in each split, and then all parts", async () => {
    const { dispatches, shape } = await trace(linearForward, "linear-forward/05-split-k");
    const { N, IN, OUT } = shape;
    const terms = IN / 2;
    expectFlows(dispatches[0]!, (_, cell) => {
      const [split, n, o] = [Math.floor(cell / (N * OUT)), Math.floor(cell / OUT) % N, cell % OUT];
      const ks = range(terms).map((i) => split * terms + i);
      return [
        ...cellsOf(
          "x",
          ks.map((i) => n * IN + i),
        ),
        ...cellsOf(
          "weight",
          ks.map((i) => i * OUT + o),
        ),
      ];
    });
    expectFlows(dispatches[1]!, (_, cell) => [
      ...cellsOf("partials", [cell, N * OUT + cell]),
      ...cellsOf("bias", [cell % OUT]),
    ]);
  });

  it.each(["conv2d-forward/02-tiled", "conv2d-forward/03-register-blocked"])(
    "is a convolution's windows, through tiles: %s",
    async (rung) => {
      const { dispatches, shape } = await trace(conv2dForward, rung);
      const { IH, IW, IC, OC, KH, KW, padding } = shape;
      expectFlows(dispatches[0]!, (_, cell) => {
        const [oh, ow, oc] = [Math.floor(cell / OC / IW), Math.floor(cell / OC) % IW, cell % OC];
        const taps = range(KH * KW).map((tap) => [Math.floor(tap / KW), tap % KW] as const);
        const pixels = taps
          .map(([kh, kw]) => [oh + kh - padding, ow + kw - padding] as const)
          .filter(([ih, iw]) => ih >= 0 && iw >= 0 && ih < IH && iw < IW);
        return [
          ...cellsOf(
            "x",
            pixels.flatMap(([ih, iw]) => range(IC).map((ic) => (ih * IW + iw) * IC + ic)),
          ),
          ...cellsOf(
            "weight",
            range(KH * KW * IC).map((k) => k * OC + oc),
          ),
        ];
      });
      expect(totalsOf(dispatches[0]!, "out").writes).toEqual(ones(IH * IW * OC));
    },
  );

  it("is every row of a channel, through a tree", async () => {
    const { dispatches, shape } = await trace(batchnormStatistics, "batchnorm-statistics/07-workgroup-tree");
    const { N, H, W, C } = shape;
    // Lanes have vectors of four channels, here all.
    expectFlows(dispatches[0]!, () => cellsOf("x", range(N * H * W * C)));
    expect(totalsOf(dispatches[0]!, "partials").writes).toEqual(ones(2 * C));
    // A tree over eight lanes: half as many in each turn.
    const merging = dispatches[0]!.groups[0]!.filter(({ text }) => text.startsWith("moments[local] = merge"));
    expect(merging.map(({ lanes }) => lanes.length)).toEqual([4, 2, 1]);
    expect(new Set(merging.map(({ phase }) => phase)).size).toBe(3);
  });

  it("is a row of logits and its label", async () => {
    const { dispatches, shape } = await trace(softmaxCrossEntropyForward, "softmax-cross-entropy-forward/03-workgroup");
    const { N, C } = shape;
    expectFlows(dispatches[0]!, (_, n) => [
      ...cellsOf(
        "logits",
        range(C).map((c) => n * C + c),
      ),
      ...cellsOf("labels", [n]),
    ]);
    expectFlows(dispatches[1]!, () => cellsOf("rowLosses", range(N)));
  });

  it("is Winograd's patches, kernels, products and tiles", async () => {
    const { dispatches, shape } = await trace(conv2dForward, "conv2d-forward/10-winograd");
    const { IH, IW, IC, OC, padding } = shape;
    const [kernels, patches, , output] = dispatches;
    // Lanes have vectors of four channels, in x all.
    const quadOf = (cell: number): number[] => range(4).map((i) => cell - (cell % 4) + i);
    expectFlows(kernels!, (_, cell) => {
      const inTap = quadOf(cell % (IC * OC));
      return cellsOf(
        "weight",
        range(9).flatMap((tap) => inTap.map((at) => tap * IC * OC + at)),
      );
    });
    const tiles = [IH / 2, IW / 2] as const;
    const tileOf = (cell: number): number => Math.floor(cell / IC) % (tiles[0] * tiles[1]);
    expectFlows(patches!, (_, cell) => {
      const [th, tw] = [Math.floor(tileOf(cell) / tiles[1]), tileOf(cell) % tiles[1]];
      const pixels = range(16)
        .map((i) => [2 * th + Math.floor(i / 4) - padding, 2 * tw + (i % 4) - padding] as const)
        .filter(([ih, iw]) => ih >= 0 && iw >= 0 && ih < IH && iw < IW);
      return cellsOf(
        "x",
        pixels.flatMap(([ih, iw]) => range(IC).map((ic) => (ih * IW + iw) * IC + ic)),
      );
    });
    expectFlows(output!, (_, cell) => {
      const [oh, ow] = [Math.floor(cell / OC / IW), Math.floor(cell / OC) % IW];
      const tile = Math.floor(oh / 2) * tiles[1] + Math.floor(ow / 2);
      const count = tiles[0] * tiles[1];
      return cellsOf(
        "products",
        range(16).flatMap((product) => quadOf(cell % OC).map((oc) => (product * count + tile) * OC + oc)),
      );
    });
    expect(totalsOf(output!, "out").writes).toEqual(ones(IH * IW * OC));
  });
});

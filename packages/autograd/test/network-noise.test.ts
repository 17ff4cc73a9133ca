import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  add,
  batchNorm,
  batchOf,
  compile,
  conv2d,
  dropout,
  dropPath,
  float32,
  globalAveragePool,
  grad,
  int32,
  keepMask,
  kernelUses,
  linear,
  relu,
  softmaxCrossEntropy,
  uint32,
  type Mode,
  type ProgramSource,
  type Tensor,
} from "../src/index.ts";
import { Layers } from "./layers.ts";

const gpu = await openTestGpu();
const [N, C] = [6, 8];
const x = Float32Array.from({ length: N * 4 * C }, (_, i) => Math.sin(i * i));
const keys = Uint32Array.from({ length: N }, (_, n) => Math.imul(n + 1, 2654435761) >>> 0);
const labels = Int32Array.from({ length: N }, (_, n) => n % 3);
const given = { x, keys, labels };
const specs = { x: batchOf(N, float32(2, 2, C)), keys: batchOf(N, uint32()), labels: batchOf(N, int32()) };

type Body = (inputs: Readonly<Record<keyof typeof specs, Tensor>>, layers: Layers) => Record<string, Tensor>;

/** A network of one block whose branch may be dropped, with dropout before its last layer. */
const network: Body = ({ x: images, keys: noise, labels: target }, layers) => {
  const norm = layers.norm("norm", C);
  const branch = batchNorm(conv2d(images, layers.variable("conv", [1, 1, C, C])), norm, { mode: "eval" });
  const keep = keepMask(noise, { rate: 0.4, layer: 1 });
  const block = dropPath(images, branch, keep, { survival: 0.6, mode: "train", relu: true });
  const features = globalAveragePool(block);
  const mask = keepMask(noise, { rate: 0.5, layer: 0, elements: C });
  const kept = dropout(features, mask, { rate: 0.5, mode: "train" });
  const logits = linear(kept, layers.variable("fc.weight", [C, 3]), layers.variable("fc.bias", [3]));
  const loss = softmaxCrossEntropy(logits, target);
  const gradients = grad(loss, layers.parameters);
  return { loss, block, kept, ...Object.fromEntries(layers.parameters.map(({ name }, i) => [name, gradients[i]!])) };
};

async function run(body: Body, options: Parameters<typeof compile>[3] = {}, inputs: typeof given = given) {
  const program = await compile(gpu, specs, (tensors) => body(tensors, new Layers(gpu)), options);
  const results = await program.run(inputs);
  const kernels = program.explain().kernels.map(({ kernel }) => kernel);
  const { arenaBytes } = program.explain();
  program.release();
  return { results, kernels, arenaBytes };
}

const count = (kernels: readonly string[], name: string) => kernels.filter((kernel) => kernel === name).length;

describe("masks", () => {
  const masks: Body = ({ keys: noise }) => ({
    images: keepMask(noise, { rate: 0.5, layer: 1 }),
    elements: keepMask(noise, { rate: 0.5, layer: 1, elements: 5 }),
    other: keepMask(noise, { rate: 0.5, layer: 2, elements: 5 }),
  });

  it("are integers of an example's own, the same in parts of any size", async () => {
    const whole = (await run(masks)).results;
    expect(whole["images"]).toBeInstanceOf(Int32Array);
    expect(whole["images"]).toHaveLength(N);
    expect(whole["elements"]).toHaveLength(5 * N);
    expect(whole["elements"]).not.toEqual(whole["other"]);
    for (const atOnce of [1, 4, 5]) expect((await run(masks, { atOnce })).results).toEqual(whole);
  });

  it("follow the keys wherever their examples stand", async () => {
    const whole = (await run(masks)).results;
    const turned = (await run(masks, {}, { ...given, keys: keys.toReversed() })).results;
    expect(turned["images"]).toEqual(whole["images"]!.toReversed());
    expect(turned["images"]).not.toEqual(whole["images"]);
  });

  it("have no gradient, and keys are u32, one for each example", async () => {
    const wrong = (body: Body) => run(body).catch((error: Error) => error.message);
    expect(await wrong(({ labels: notKeys }) => ({ keep: keepMask(notKeys, { rate: 0, layer: 0 }) }))).toContain(
      "keepMask: keys are labels: i32[6]; give u32 [N]",
    );
    expect(await wrong(({ keys: k }) => ({ keep: keepMask(k, { rate: 1.5, layer: 0 }) }))).toContain("rate is 1.5");
  });
});

describe("dropout and dropPath", () => {
  const both =
    (mode: Mode): Body =>
    ({ x: images, keys: noise }) => ({
      dropped: dropout(images, keepMask(noise, { rate: 1, layer: 0, elements: 4 * C }), { rate: 1, mode }),
    });

  it("refuse masks and branches of another shape", async () => {
    const wrong = (body: Body) => run(body).catch((error: Error) => error.message);
    expect(await wrong(both("train"))).toContain("dropout: the mask is i32[6,32]; x is x: f32[6,2,2,8]");
    const pathOf = (options: { elements?: number }, pooled: boolean): Body => {
      return ({ x: images, keys: noise }) => {
        const keep = keepMask(noise, { rate: 0.5, layer: 0, ...options });
        const branch = pooled ? globalAveragePool(images) : images;
        return { out: dropPath(images, branch, keep, { survival: 0.5, mode: "train" }) };
      };
    };
    expect(await wrong(pathOf({ elements: 2 }, false))).toContain("dropPath: the mask is i32[6,2]; give i32[6]");
    expect(await wrong(pathOf({}, true))).toContain("differ in shape");
  });

  it("in eval mode leave out masks and scaling", async () => {
    const { results, kernels } = await run(({ x: images, keys: noise }) => {
      const features = globalAveragePool(images);
      const mask = keepMask(noise, { rate: 0.9, layer: 0, elements: C });
      const keep = keepMask(noise, { rate: 0.9, layer: 0 });
      return {
        features,
        same: dropout(features, mask, { rate: 0.9, mode: "eval" }),
        path: dropPath(images, images, keep, { survival: 0.1, mode: "eval", relu: true }),
      };
    });
    expect(results["same"]).toEqual(results["features"]);
    expect(results["path"]).toEqual(x.map((value) => Math.max(2 * value, 0)));
    expect(kernels.filter((kernel) => /mask|drop/.test(kernel))).toEqual([]);
  });
});

describe("fusion", () => {
  it("draws a dropout's mask within it, forward and backward, to the same bits and in less memory", async () => {
    const [fused, plain] = [await run(network), await run(network, { fusion: false })];
    expect(count(fused.kernels, "dropout-drawn")).toBe(2);
    expect(count(fused.kernels, "dropout")).toBe(0);
    expect(count(fused.kernels, "keep-mask")).toBe(1); // The block's, which both of its passes read.
    expect(count(plain.kernels, "dropout")).toBe(2);
    expect(count(plain.kernels, "keep-mask")).toBe(2);
    expect(fused.arenaBytes).toBeLessThan(plain.arenaBytes);
    expect(fused.results).toEqual(plain.results);
    expect(fused.results["kept"]!.filter((value) => value === 0).length).toBeGreaterThan(0);
  });

  const left: Record<string, readonly [Body, Parameters<typeof compile>[3]?]> = {
    "a rung is forced for the mask": [network, { rungs: { "keep-mask": "keep-mask/01-naive" } }],
    "a rung is forced for dropout": [network, { rungs: { dropout: "dropout/01-naive" } }],
    "the caller reads the mask": [
      ({ x: images, keys: noise }) => {
        const mask = keepMask(noise, { rate: 0.5, layer: 0, elements: C });
        return { mask, out: dropout(globalAveragePool(images), mask, { rate: 0.5, mode: "train" }) };
      },
    ],
    "the mask was drawn for another rate": [
      ({ x: images, keys: noise }) => {
        const mask = keepMask(noise, { rate: 0.4, layer: 0, elements: C });
        return { out: dropout(globalAveragePool(images), mask, { rate: 0.5, mode: "train" }) };
      },
    ],
  };
  it.each(Object.entries(left))("leaves them apart where %s", async (_name, [body, options = {}]) => {
    const { kernels, results } = await run(body, options);
    expect(kernels).toContain("keep-mask");
    expect(kernels).toContain("dropout");
    expect(kernels).not.toContain("dropout-drawn");
    expect(results).toEqual((await run(body, { fusion: false })).results);
  });

  it("of a normalisation with its residual does not reach over a dropped branch, and still happens elsewhere", async () => {
    const blocks: Body = ({ x: images, keys: noise }, layers) => {
      const branch = (input: Tensor, name: string): Tensor =>
        batchNorm(conv2d(input, layers.variable(name, [1, 1, C, C])), layers.norm(`${name}.norm`, C), {
          mode: "train",
        });
      const keep = keepMask(noise, { rate: 0.5, layer: 0 });
      const first = relu(add(branch(images, "first"), images));
      const second = dropPath(first, branch(first, "second"), keep, { survival: 0.5, mode: "train", relu: true });
      return { first, second };
    };
    const [fused, plain] = [await run(blocks), await run(blocks, { fusion: false })];
    expect(fused.kernels).not.toContain("relu");
    expect(count(fused.kernels, "batchnorm-apply")).toBe(2);
    expect(count(fused.kernels, "drop-path-forward")).toBe(1);
    expect(plain.kernels).toContain("relu");
    expect(fused.results["second"]).toEqual(plain.results["second"]);
  });
});

describe("a program with noise", () => {
  it("computed in parts drops the same, and its gradients are the batch's", async () => {
    const whole = (await run(network)).results;
    for (const atOnce of [1, 4]) {
      const parts = (await run(network, { atOnce })).results;
      expect(parts["block"]).toEqual(whole["block"]);
      expect(parts["kept"]).toEqual(whole["kept"]);
      for (const name of ["conv", "fc.weight", "fc.bias"])
        parts[name]!.forEach((value, i) => expect(Math.abs(value - whole[name]![i]!), name).toBeLessThan(1e-6));
    }
  });

  it("is listed for a tuner as it runs", async () => {
    const layers = new Layers(gpu);
    const source: ProgramSource<keyof typeof specs, string> = [specs, (tensors) => network(tensors, layers)];
    const { kernels } = await run(network);
    expect(kernelUses(gpu, source).map(({ kernel }) => kernel.name)).toEqual(kernels);
  });
});

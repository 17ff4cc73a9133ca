import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  add,
  batchNorm,
  compile,
  conv2d,
  countCorrect,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  normaliseImages,
  place,
  readVariables,
  relu,
  Sgd,
  softmaxCrossEntropy,
  topOne,
  uint8,
  Variable,
  type CompileOptions,
  type Mode,
  type Tensor,
} from "../src/index.ts";
import { stepParts } from "../src/explained.ts";

const gpu = await openTestGpu();

/** A residual block and a head, freshly placed: small, and all that fusion and planning care about is in it. */
function smallNetwork(prefix: string) {
  const variables: Variable[] = [];
  const make = (name: string, shape: number[], role: "parameter" | "statistic", fill?: number): Variable => {
    const draw = random(3, `small ${name}`);
    const count = shape.reduce((a, b) => a * b, 1);
    const variable = new Variable(`${prefix}.${name}`, { shape, dtype: "f32" }, role, () =>
      Float32Array.from({ length: count }, () => fill ?? 0.3 * draw.normal()),
    );
    variables.push(variable);
    return variable;
  };
  const norm = (name: string, channels: number) => ({
    weight: make(`${name}.weight`, [channels], "parameter", 1),
    bias: make(`${name}.bias`, [channels], "parameter", 0),
    runningMean: make(`${name}.running_mean`, [channels], "statistic", 0),
    runningVariance: make(`${name}.running_var`, [channels], "statistic", 1),
  });
  const stem = make("stem", [3, 3, 3, 8], "parameter");
  const stemNorm = norm("stemNorm", 8);
  const inner = make("inner", [3, 3, 8, 8], "parameter");
  const innerNorm = norm("innerNorm", 8);
  const weight = make("fc.weight", [8, 4], "parameter");
  const bias = make("fc.bias", [4], "parameter", 0);
  const forward = (x: Tensor, mode: Mode): Tensor => {
    const a = relu(batchNorm(conv2d(x, stem, { padding: 1 }), stemNorm, { mode }));
    const b = batchNorm(conv2d(a, inner, { padding: 1 }), innerNorm, { mode });
    return linear(globalAveragePool(relu(add(b, a))), weight, bias);
  };
  place(gpu, variables);
  return { variables, parameters: variables.filter(({ role }) => role === "parameter"), forward };
}

const size = 4;
const inputs = {
  images: uint8(size, 8, 8, 3),
  placement: int32(size, 3),
  labels: int32(size),
  learningRate: float32(),
};
const draw = random(5, "program batch");
const batch = {
  images: Uint8Array.from({ length: size * 192 }, () => draw.integer(0, 256)),
  placement: new Int32Array(size * 3),
  labels: Int32Array.from({ length: size }, (_, i) => i % 4),
  learningRate: 0.1,
};

async function trainingStep(prefix: string, options: CompileOptions = {}) {
  const network = smallNetwork(prefix);
  const sgd = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, sgd.variables);
  const step = await compile(
    gpu,
    inputs,
    ({ images, placement, labels, learningRate }) => {
      const logits = network.forward(normaliseImages(images, placement), "train");
      const loss = softmaxCrossEntropy(logits, labels);
      sgd.update(grad(loss, network.parameters), { learningRate });
      return { loss, correct: countCorrect(logits, labels), ...topOne(logits) };
    },
    options,
  );
  return { network, sgd, step };
}

describe("a training program", () => {
  it("lowers the loss on a fixed batch until it knows it", async () => {
    const { step } = await trainingStep("learns");
    const losses: number[] = [];
    let correct = 0;
    for (let k = 0; k < 60; k++) {
      const result = await step.run(batch);
      losses.push(result.loss[0]!);
      correct = result.correct[0]!;
    }
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(0.2 * losses[0]!);
    expect(correct).toBe(size);
  });

  it("allocates nothing after the first step, however many are in flight", async () => {
    const { step } = await trainingStep("flat");
    const run3 = () => Promise.all([step.run(batch), step.run(batch), step.run(batch)]);
    await run3();
    const before = { bytes: gpu.allocatedBytes, staging: gpu.readback.stagingCount, pipelines: gpu.pipelineCount };
    for (let k = 0; k < 5; k++) await run3();
    expect({ bytes: gpu.allocatedBytes, staging: gpu.readback.stagingCount, pipelines: gpu.pipelineCount }).toEqual(
      before,
    );
  });

  it("gives the same bits every time, awaited or queued", async () => {
    const a = await trainingStep("bits-a");
    const b = await trainingStep("bits-b");
    const awaited: number[] = [];
    for (let k = 0; k < 4; k++) awaited.push((await a.step.run(batch)).loss[0]!);
    const queued = await Promise.all([0, 1, 2, 3].map(() => b.step.run(batch)));
    expect(queued.map(({ loss }) => loss[0])).toEqual(awaited);
    const [ofA, ofB] = [await readVariables(gpu, a.network.variables), await readVariables(gpu, b.network.variables)];
    expect([...ofB.values()]).toEqual([...ofA.values()]);
  });

  it("fuses normalisation, residual and ReLU, and computes the same without", async () => {
    const fused = await trainingStep("fused");
    const plain = await trainingStep("plain", { fusion: false });
    const kernels = (program: { kernels: readonly { plan: { kernel: string } }[] }) =>
      program.kernels.map(({ plan }) => plan.kernel);
    expect(kernels(plain.step)).toEqual(expect.arrayContaining(["relu", "relu-backward"]));
    expect(kernels(fused.step)).not.toEqual(expect.arrayContaining(["relu"]));
    expect(kernels(fused.step)).not.toEqual(expect.arrayContaining(["relu-backward"]));
    for (let k = 0; k < 3; k++) {
      const [withFusion, without] = [await fused.step.run(batch), await plain.step.run(batch)];
      // One operation more or less per element: a few units in the last place of the loss.
      expect(Math.abs(withFusion.loss[0]! - without.loss[0]!)).toBeLessThanOrEqual(2e-5);
    }
  });

  it("updates all parameters in one flat dispatch and counts its steps", async () => {
    const { step, sgd } = await trainingStep("flat-update");
    expect(step.kernels.filter(({ plan }) => plan.kernel === "sgd-update")).toHaveLength(1);
    await step.run(batch);
    await step.run(batch);
    expect((await readVariables(gpu, [sgd.stepCount])).get("step_count")).toEqual(new Uint32Array([2]));
  });

  it("updates a subset of the parameters and leaves the others", async () => {
    const network = smallNetwork("subset");
    const head = network.parameters.filter(({ name }) => name.includes("fc."));
    const sgd = new Sgd(head, { momentum: 0.9 });
    place(gpu, sgd.variables);
    const before = await readVariables(gpu, network.parameters);
    const step = await compile(gpu, inputs, ({ images, placement, labels, learningRate }) => {
      const loss = softmaxCrossEntropy(network.forward(normaliseImages(images, placement), "eval"), labels);
      sgd.update(grad(loss, head), { learningRate });
      return { loss };
    });
    await step.run(batch);
    const after = await readVariables(gpu, network.parameters);
    const changed = network.parameters.filter(({ name }) =>
      after.get(name)!.some((value, i) => value !== before.get(name)![i]),
    );
    expect(changed).toEqual(head);
  });

  it("explains its plan: sums agree with the rows, and the arena is no smaller than what lives at once", async () => {
    const { step } = await trainingStep("explained");
    const plan = step.explain();
    expect(plan.flops).toBe(plan.kernels.reduce((sum, kernel) => sum + kernel.flops, 0));
    expect(plan.dispatches).toBe(step.kernels.reduce((sum, { plan: own }) => sum + own.dispatches.length, 0));
    expect(plan.kernels.map(({ rung }) => rung)).toContainEqual(expect.stringMatching(/^conv2d-grad-weight\/\d\d-/));
    expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.peakLiveBytes);
    expect(plan.arenaBytes).toBeLessThan(2 * plan.peakLiveBytes);
  });

  it("tells the parts of a step, what was fused, and which tensor lies in which slot when", async () => {
    const { step } = await trainingStep("opened");
    const { kernels, slots, arenaBytes } = step.explain();
    const inOrder = [...new Set(kernels.map(({ part }) => part))];
    expect(inOrder).toEqual(stepParts);
    const partOf = (kernel: string) => new Set(kernels.filter((one) => one.kernel === kernel).map(({ part }) => part));
    expect(partOf("conv2d-forward")).toEqual(new Set(["forward"]));
    expect(partOf("conv2d-grad-weight")).toEqual(new Set(["backward"]));
    expect(partOf("add")).toEqual(new Set(["backward"])); // The forward one is fused.
    const fused = (kernel: string) => kernels.filter((one) => one.kernel === kernel).map((one) => one.fused.join(" "));
    expect(new Set(fused("batchnorm-apply"))).toContain("add relu");
    expect(fused("softmax-cross-entropy-with-gradient")).toEqual(["gradient"]);
    expect(slots.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(arenaBytes);
    // A kernel finds each of its arena tensors in its slot, alive; and no two lives of a slot meet.
    const inArena = kernels.flatMap(({ operands }, index) =>
      operands.flatMap(({ slot, tensor }) => (slot === undefined ? [] : [{ slot, tensor, index }])),
    );
    expect(inArena.length).toBeGreaterThan(kernels.length);
    const aliveAt = inArena.map(({ slot, index }) =>
      slots[slot]!.held.filter(({ first, last }) => first <= index && index <= last).map(({ tensor }) => tensor),
    );
    expect(aliveAt).toEqual(inArena.map(({ tensor }) => [tensor]));
    for (const { held, bytes } of slots) {
      expect(Math.max(...held.map((one) => one.bytes))).toBeLessThanOrEqual(bytes);
      expect(held.slice(1).filter(({ first }, index) => first <= held[index]!.last)).toEqual([]);
    }
    const weight = kernels.flatMap(({ operands }) => operands).find(({ name }) => name === "dWeight")!;
    expect(weight).toMatchObject({
      memory: "gradients",
      tensor: expect.stringMatching(/^gradient of .*weight$/) as string,
    });
  });

  it("counts the bytes that kernels move, and the bytes of tensors written once and read once", async () => {
    const program = await compile(gpu, { x: float32(4, 8) }, ({ x }) => {
      const positive = relu(x);
      return { sum: add(add(positive, x), positive) };
    });
    const tensorBytes = 4 * 8 * 4;
    const { operandBytes, leastBytes } = program.explain();
    // relu reads one and writes one, each addition reads two and writes one.
    expect(operandBytes).toBe((2 + 3 + 3) * tensorBytes);
    // x, the ReLU and the first sum are read; the ReLU and both sums are written.
    expect(leastBytes).toBe((3 + 3) * tensorBytes);
  });
});

describe("errors say what is wrong and what mends it", () => {
  it("an input is missing, of another type, or of another size", async () => {
    const { step } = await trainingStep("inputs");
    const { labels: _labels, ...incomplete } = batch;
    await expect(step.run(incomplete as typeof batch)).rejects.toThrow('input "labels" is missing');
    await expect(step.run({ ...batch, labels: new Float32Array(size) })).rejects.toThrow('"labels" wants i32');
    await expect(step.run({ ...batch, labels: new Int32Array(3) })).rejects.toThrow(
      '"labels" wants i32[4], got 3 elements',
    );
  });

  it("a variable has no memory", async () => {
    const lost = new Variable("lost", float32(4, 4), "parameter", () => new Float32Array(16));
    await expect(
      compile(gpu, { labels: int32(4) }, ({ labels }) => ({ loss: softmaxCrossEntropy(lost, labels) })),
    ).rejects.toThrow('variable "lost" is not on this device');
  });

  it("an operator is called outside compile", () => {
    const x = new Variable("x", float32(2, 2), "parameter", () => new Float32Array(4));
    expect(() => relu(x)).toThrow("only be called inside compile");
  });

  it("a tensor is above the binding limit: names it and the batch that fits", async () => {
    const side = 64;
    const big = Math.floor(gpu.traits.maxStorageBufferBindingSize / (side * side * 64 * 4)) + 1;
    const weight = new Variable("wide", float32(1, 1, 3, 64), "parameter", () => new Float32Array(192));
    place(gpu, [weight]);
    const program = compile(
      gpu,
      { images: uint8(big, side, side, 3), placement: int32(big, 3) },
      ({ images, placement }) => ({
        mean: globalAveragePool(conv2d(normaliseImages(images, placement), weight)),
      }),
    );
    await expect(program).rejects.toThrow(
      new RegExp(`conv2d-forward.out .*above this adapter's binding limit.*batch of ${big - 1} or less fits`),
    );
  });

  it("shapes do not fit", async () => {
    const x = new Variable("x4", float32(2, 4, 4, 3), "parameter", () => new Float32Array(96));
    const w = new Variable("w5", float32(3, 3, 5, 2), "parameter", () => new Float32Array(90));
    await expect(compile(gpu, {}, () => ({ out: conv2d(x, w) }))).rejects.toThrow("x has 3 channels");
  });
});

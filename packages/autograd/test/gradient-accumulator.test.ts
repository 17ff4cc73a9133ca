import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  compile,
  float32,
  grad,
  GradientAccumulator,
  int32,
  linear,
  place,
  readVariables,
  relu,
  Sgd,
  softmaxCrossEntropy,
  uint32,
} from "../src/index.ts";
import { distance, Layers } from "./layers.ts";

const gpu = await openTestGpu();
const features = 7;
const images = 10;

/** Two layers with equal contents in every call, their optimiser and accumulator, and a batch. */
function setUp(placed: "apart" | "together" = "apart") {
  const layers = new Layers(gpu);
  const first = [layers.variable("first.weight", [features, 33]), layers.variable("first.bias", [33])] as const;
  const second = [layers.variable("second.weight", [33, 5]), layers.variable("second.bias", [5])] as const;
  const { parameters } = layers;
  const sgd = new Sgd(parameters, { momentum: 0.9, weightDecay: 0.01 });
  const accumulator = new GradientAccumulator(parameters);
  if (placed === "together") place(gpu, [...sgd.variables, ...accumulator.sums]);
  else for (const variables of [sgd.variables, accumulator.sums]) place(gpu, variables);
  const lossOf = (x: Parameters<typeof linear>[0], labels: Parameters<typeof linear>[0]) =>
    softmaxCrossEntropy(linear(relu(linear(x, ...first)), ...second), labels);
  return { parameters, sgd, accumulator, lossOf };
}

const x = Float32Array.from({ length: images * features }, (_, i) => Math.sin(i));
const labels = Int32Array.from({ length: images }, (_, i) => i % 5);
const learningRate = 0.5;

/** Two steps on the whole batch, the second to see the momentum. */
async function whole(): Promise<Map<string, ArrayLike<number>>> {
  const { parameters, sgd, lossOf } = setUp();
  const inputs = { x: float32(images, features), labels: int32(images), learningRate: float32() };
  const step = await compile(gpu, inputs, ({ x, labels, learningRate }) => {
    const loss = lossOf(x, labels);
    sgd.update(grad(loss, parameters), { learningRate });
    return { loss };
  });
  for (let i = 0; i < 2; i++) await step.run({ x, labels, learningRate });
  return readVariables(gpu, [...parameters, ...sgd.variables]);
}

/** The same two steps on parts of these sizes. */
async function inParts(
  sizes: readonly number[],
  placed: "apart" | "together" = "apart",
): Promise<Map<string, ArrayLike<number>>> {
  const { parameters, sgd, accumulator, lossOf } = setUp(placed);
  const programs = await Promise.all(
    sizes.map((size) => {
      const inputs = { x: float32(size, features), labels: int32(size), share: float32(), part: uint32() };
      return compile(gpu, inputs, ({ x, labels, share, part }) => {
        const loss = lossOf(x, labels);
        accumulator.add(grad(loss, parameters), { share, part });
        return { loss };
      });
    }),
  );
  const update = await compile(gpu, { learningRate: float32() }, ({ learningRate }) => {
    sgd.update(accumulator.sums, { learningRate });
    return {};
  });
  for (let i = 0; i < 2; i++) {
    let start = 0;
    for (const [part, size] of sizes.entries()) {
      const end = start + size;
      const own = { x: x.slice(start * features, end * features), labels: labels.slice(start, end) };
      await programs[part]!.run({ ...own, share: size / images, part });
      start = end;
    }
    await update.run({ learningRate });
  }
  return readVariables(gpu, [...parameters, ...sgd.variables]);
}

describe("GradientAccumulator", () => {
  it.each([[[5, 5]], [[4, 4, 2]], [[10]], [[1, 9]]])(
    "takes the step of the whole batch in parts of %j",
    async (sizes) => {
      const expected = await whole();
      const got = await inParts(sizes);
      expect([...got.keys()]).toEqual([...expected.keys()]);
      // Sums of 10 products in another order, twice.
      for (const [name, values] of expected) expect(distance(got.get(name)!, values), name).toBeLessThanOrEqual(1e-6);
    },
  );

  it("may be placed in one call with the optimiser's state, which an update reads and writes beside the sums", async () => {
    const expected = await inParts([5, 5]);
    for (const [name, values] of await inParts([5, 5], "together"))
      expect(distance(values, expected.get(name)!), name).toBe(0);
  });

  it("names what does not fit", async () => {
    const { parameters, accumulator, lossOf } = setUp();
    const specs = { x: float32(2, features), labels: int32(2), share: float32(), part: float32() };
    const wrongPart = compile(gpu, specs, ({ x, labels, share, part }) => {
      accumulator.add(grad(lossOf(x, labels), parameters), { share, part });
      return {};
    });
    await expect(wrongPart).rejects.toThrow(/part must be u32\[\], not part: f32\[\]/);
    const missing = compile(gpu, { ...specs, part: uint32() }, ({ x, labels, share, part }) => {
      accumulator.add(grad(lossOf(x, labels), parameters).slice(1), { share, part });
      return {};
    });
    await expect(missing).rejects.toThrow(/GradientAccumulator.add: 3 gradients for 4 parameters/);
  });
});

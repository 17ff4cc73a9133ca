import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  add,
  batchNorm,
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  readVariables,
  relu,
  Sgd,
  softmaxCrossEntropy,
  place,
  type Mode,
  type Tensor,
} from "../src/index.ts";
import { distance, Layers } from "./layers.ts";

const gpu = await openTestGpu();

const C = 4;
const inputs = { x: float32(2, 4, 4, C), labels: int32(2), learningRate: float32() };
const draw = random(4, "fusion");
const values = {
  x: Float32Array.from({ length: 2 * 4 * 4 * C }, () => draw.normal()),
  labels: new Int32Array([1, 3]),
  learningRate: 0.5,
};
type Body = (
  layers: Layers,
  tensors: Readonly<Record<keyof typeof inputs, Tensor>>,
) => Readonly<Record<string, Tensor>>;

/** The loss of features and the gradients of every parameter so far. */
function learned(layers: Layers, features: Tensor, labels: Tensor): Record<string, Tensor> {
  const logits = linear(
    globalAveragePool(features),
    layers.variable("fc.weight", [C, 5]),
    layers.variable("fc.bias", [5]),
  );
  const loss = softmaxCrossEntropy(logits, labels);
  const gradients = grad(loss, layers.parameters);
  return {
    loss,
    ...Object.fromEntries(layers.parameters.map(({ name }, i) => [`gradient of ${name}`, gradients[i]!])),
  };
}

/** Runs a body with and without fusion on equal variables; both must agree. Returns the fused program's kernels. */
async function agreeing(body: Body, rungs: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const run = async (fusion: boolean) => {
    const program = await compile(gpu, inputs, (tensors) => body(new Layers(gpu), tensors), { fusion, rungs });
    const results = await program.run(values);
    const kernels = program.kernels.map(({ plan }) => plan.kernel);
    program.release();
    return { results, kernels };
  };
  const [fused, plain] = [await run(true), await run(false)];
  expect(plain.kernels).toContain("relu");
  expect(Object.keys(fused.results)).toEqual(Object.keys(plain.results));
  // Fusion leaves out a store and a load, which change no bit, and may reorder an addition: a few units in the last
  // place.
  for (const [name, expected] of Object.entries(plain.results))
    expect(distance(fused.results[name]!, expected), name).toBeLessThanOrEqual(1e-5);
  return fused.kernels;
}

const norm = (layers: Layers, x: Tensor, name = "norm", mode: Mode = "train"): Tensor =>
  batchNorm(x, layers.norm(name, C), { mode });
const conv = (layers: Layers, x: Tensor, name = "conv"): Tensor => conv2d(x, layers.variable(name, [1, 1, C, C]));

describe("fused, with the results of the program as written:", () => {
  const fused: Record<string, Body> = {
    "normalisation and ReLU": (l, { x, labels }) => learned(l, relu(norm(l, conv(l, x))), labels),
    "in eval mode": (l, { x, labels }) => learned(l, relu(norm(l, conv(l, x), "norm", "eval")), labels),
    "a ReLU that later nodes and the caller read": (l, { x, labels }) => {
      const a = relu(norm(l, conv(l, x)));
      return { a, ...learned(l, add(a, conv(l, a, "next")), labels) };
    },
    "a residual computed before its normalisation": (l, { x, labels }) => {
      const residual = conv(l, x, "residual");
      return learned(l, relu(add(norm(l, conv(l, x)), residual)), labels);
    },
    "a residual computed after its normalisation": (l, { x, labels }) => {
      const normalised = norm(l, conv(l, x));
      return learned(l, relu(add(normalised, conv(l, x, "residual"))), labels);
    },
    "a residual on the left": (l, { x, labels }) =>
      learned(l, relu(add(conv(l, x, "residual"), norm(l, conv(l, x)))), labels),
    "a residual that is the normalisation's own input": (l, { x, labels }) => {
      const before = conv(l, x);
      return learned(l, relu(add(norm(l, before), before)), labels);
    },
    "a residual that the caller reads too": (l, { x, labels }) => {
      const residual = conv(l, x, "residual");
      return { residual, ...learned(l, relu(add(norm(l, conv(l, x)), residual)), labels) };
    },
    "two normalisations, as in a block with a downsample": (l, { x, labels }) =>
      learned(l, relu(add(norm(l, conv(l, x)), norm(l, conv(l, x, "downsample"), "downsample.norm"))), labels),
  };
  it.each(Object.entries(fused))("%s", async (_name, body) => {
    const kernels = await agreeing(body);
    expect(kernels).not.toContain("relu");
    expect(kernels).not.toContain("relu-backward");
  });
});

describe("left alone, for someone else reads what would disappear:", () => {
  const left: Record<string, Body> = {
    "the caller reads the normalisation": (l, { x, labels }) => {
      const normalised = norm(l, conv(l, x));
      return { normalised, ...learned(l, relu(normalised), labels) };
    },
    "another node reads the normalisation": (l, { x, labels }) => {
      const normalised = norm(l, conv(l, x));
      return learned(l, add(relu(normalised), normalised), labels);
    },
    "the caller reads the sum": (l, { x, labels }) => {
      const sum = add(norm(l, conv(l, x)), x);
      return { sum, ...learned(l, relu(sum), labels) };
    },
    "the sum adds the normalisation to itself": (l, { x, labels }) => {
      const normalised = norm(l, conv(l, x));
      return learned(l, relu(add(normalised, normalised)), labels);
    },
    "it is the upstream of a gradient": (l, { x }) => {
      const weight = l.variable("weight", [1, 1, C, C]);
      const normalised = norm(l, conv(l, x));
      return { positive: relu(normalised), gradient: grad(conv2d(x, weight), [weight], normalised)[0]! };
    },
    "two ReLUs read one normalisation": (l, { x, labels }) => {
      const normalised = norm(l, conv(l, x));
      return learned(l, add(relu(normalised), relu(normalised)), labels);
    },
    "no normalisation is there": (l, { x, labels }) => learned(l, relu(conv(l, x)), labels),
  };
  it.each(Object.entries(left))("%s", async (_name, body) => {
    expect(await agreeing(body)).toContain("relu");
  });
});

describe("left alone, for the normalisation's variables change before the ReLU:", () => {
  it("an optimiser's step comes between", async () => {
    const kernels = await agreeing((l, { x, labels, learningRate }) => {
      const layer = l.norm("norm", C);
      const early = batchNorm(x, layer, { mode: "eval" });
      const { loss } = learned(l, batchNorm(conv(l, x), layer, { mode: "train" }), labels) as { loss: Tensor };
      const sgd = new Sgd(l.parameters);
      place(gpu, sgd.variables);
      sgd.update(grad(loss, l.parameters), { learningRate });
      return { loss, late: relu(early) };
    });
    expect(kernels).toContain("relu");
  });

  it("the running moments move between", async () => {
    const kernels = await agreeing((l, { x }) => {
      const layer = l.norm("norm", C);
      const early = batchNorm(x, layer, { mode: "eval" });
      const moving = batchNorm(conv(l, x), layer, { mode: "train" });
      return { moving, late: relu(early) };
    });
    expect(kernels).toContain("relu");
  });
});

it("running moments are the same with fusion and without", async () => {
  const moments = await Promise.all(
    [true, false].map(async (fusion) => {
      const layers = new Layers(gpu);
      const layer = layers.norm("norm", C);
      const program = await compile(
        gpu,
        { x: inputs.x },
        ({ x }) => ({ out: relu(batchNorm(x, layer, { mode: "train" })) }),
        { fusion },
      );
      await program.run({ x: values.x });
      program.release();
      return readVariables(gpu, [layer.runningMean, layer.runningVariance]);
    }),
  );
  expect(moments[0]).toEqual(moments[1]);
});

describe("a loss and its gradient", () => {
  const losses = (kernels: readonly string[]) => kernels.filter((kernel) => kernel.startsWith("softmax-cross-entropy"));
  const weighted = (l: Layers, { x, labels }: Readonly<Record<keyof typeof inputs, Tensor>>, upstream?: Tensor) => {
    const weight = l.variable("weight", [1, 1, C, C]);
    const loss = softmaxCrossEntropy(globalAveragePool(relu(conv2d(x, weight))), labels);
    return { loss, gradient: grad(loss, [weight], upstream)[0]! };
  };

  it("are one kernel", async () => {
    expect(losses(await agreeing(weighted))).toEqual(["softmax-cross-entropy-with-gradient"]);
  });
  it("are one kernel where the loss's own gradient is an input", async () => {
    const kernels = await agreeing((l, tensors) => weighted(l, tensors, tensors.learningRate));
    expect(losses(kernels)).toEqual(["softmax-cross-entropy-with-gradient"]);
  });
  it("stay apart where the loss's own gradient is computed, maybe from the loss", async () => {
    const kernels = await agreeing((l, tensors) =>
      weighted(l, tensors, add(tensors.learningRate, tensors.learningRate)),
    );
    expect(losses(kernels)).toEqual(["softmax-cross-entropy-forward", "softmax-cross-entropy-backward"]);
  });
  it.each(["forward", "backward"])("stay apart where a rung is forced for the %s kernel", async (direction) => {
    const kernel = `softmax-cross-entropy-${direction}`;
    const kernels = await agreeing(weighted, { [kernel]: `${kernel}/01-naive` });
    expect(losses(kernels)).toEqual(["softmax-cross-entropy-forward", "softmax-cross-entropy-backward"]);
  });
  it("stay apart where no one reads the loss, or no one asks for its gradient", async () => {
    const gradientOnly = await agreeing((l, tensors) => ({ gradient: weighted(l, tensors).gradient }));
    expect(losses(gradientOnly)).toEqual(["softmax-cross-entropy-backward"]);
    const lossOnly = await agreeing((l, tensors) => ({ loss: weighted(l, tensors).loss }));
    expect(losses(lossOnly)).toEqual(["softmax-cross-entropy-forward"]);
  });
});

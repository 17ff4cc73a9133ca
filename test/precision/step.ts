// One step of a golden network: its tensors by name, in any precision and with any rounding.
import { autocast, float32, grad, int32, place, release, type Tensor } from "@fledge/autograd";
import { compileWhole } from "@fledge/autograd/src/compile.ts";
import type { GraphNode, KernelNode } from "@fledge/autograd/src/graph.ts";
import { differentiated, simplified } from "@fledge/autograd/src/record.ts";
import { cast, trace } from "@fledge/autograd/src/trace.ts";
import type { narrowCase } from "@fledge/conformance";
import type { GoldenCase } from "@fledge/golden-cases";
import { random } from "@fledge/random";
import { loadStateDict } from "@fledge/resnet";
import type { Gpu, Precision } from "@fledge/runtime";
import { toNhwc } from "@fledge/safetensors";
import { normalisedImages, supervised } from "@fledge/training";
import { kernelNodes } from "./rounding.ts";

/** Of the loss, in all precisions alike: a power of two, which moves no bit of f32. */
export const scale = 1024;

/** A convolution of the network: its weight, what it and the ReLU behind it give, and the gradients of these. */
export interface Layer {
  readonly weight: string;
  readonly out: string;
  readonly dOut: string;
  readonly dWeight: string;
}

export type Values = ReadonlyMap<string, Float32Array>;

export interface Step {
  readonly layers: readonly Layer[];
  /** Names of what ReLUs give. */
  readonly activated: readonly string[];
  /** Runs it and gives its tensors by name, widened. @param change makes other nodes of its graph */
  readonly run: (
    precision: Precision,
    change?: (nodes: readonly GraphNode[], images: Tensor) => readonly GraphNode[],
  ) => Promise<Values>;
  readonly release: () => void;
}

/** Each output of a graph, by its kernel, that kernel's number among its like, and the kernel's name for it. */
function named(nodes: readonly GraphNode[]): Map<string, Tensor> {
  const counts = new Map<string, number>();
  const all = new Map<string, Tensor>();
  for (const node of kernelNodes(nodes)) {
    const { name } = node.kernel;
    if (name === "cast") continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    for (const [output, tensor] of Object.entries(node.outputs)) all.set(`${name} ${count} ${output}`, tensor);
  }
  return all;
}

/** Seeded noise of deviation 1, as normalised images have. */
function noise(count: number): Float32Array<ArrayBuffer> {
  const draw = random(1, "images of noise");
  return Float32Array.from({ length: count }, () => Math.sqrt(3) * (2 * draw.float() - 1));
}

/** @param images so many of noise, in place of the case's own */
export function openStep(
  gpu: Gpu,
  golden: GoldenCase,
  given: ReturnType<typeof narrowCase>,
  images: number | undefined,
): Step {
  const { network, state, labelSmoothing } = given;
  const shape = golden.shape("images");
  const [own, , height, width] = shape as [number, number, number, number];
  const N = images ?? own;
  const objective = supervised(normalisedImages(height, width), { labelSmoothing });
  const specs = { images: float32(N, height, width, 3), labels: int32(N), scale: float32() };
  const inputs =
    images === undefined
      ? { images: toNhwc(golden.float32("images"), shape).data, labels: golden.int32("labels"), scale }
      : {
          images: noise(N * height * width * 3),
          labels: Int32Array.from({ length: N }, (_, i) => i % network.architecture.classes),
          scale,
        };
  const record = (precision: Precision) => {
    const body = (tensors: Readonly<Record<keyof typeof specs, Tensor>>): Record<string, Tensor> => {
      const { loss, logits } = autocast(precision, () => objective.lossOf(network, tensors));
      const gradients = grad(loss, network.parameters, tensors.scale);
      return { logits, ...Object.fromEntries(network.parameters.map(({ name }, i) => [name, gradients[i]!])) };
    };
    return simplified(differentiated([specs, body], {}), {});
  };

  const plain = record("f32");
  const names = new Map([...named(plain.graph.nodes)].map(([name, tensor]) => [tensor, name]));
  const nodes = kernelNodes(plain.graph.nodes);
  const ofKernel = (name: string): readonly KernelNode[] => nodes.filter(({ kernel }) => kernel.name === name);
  const layers = ofKernel("conv2d-forward").map((forward): Layer => {
    const weight = forward.inputs["weight"]!.name;
    const gradient = ofKernel("conv2d-grad-weight").find(
      ({ outputs }) => outputs["dWeight"] === plain.results[weight],
    )!;
    const name = (tensor: Tensor): string => names.get(tensor)!;
    return { weight, out: name(forward.outputs["out"]!), dOut: name(gradient.inputs["dOut"]!), dWeight: weight };
  });
  const activated = ofKernel("batchnorm-apply")
    .filter((node) => (node.shape as { readonly relu: boolean }).relu)
    .map(({ outputs }) => names.get(outputs["out"]!)!);
  const wanted = [...new Set([...layers.flatMap(({ out, dOut }) => [out, dOut]), ...activated])];

  place(gpu, network.variables);
  return {
    layers,
    activated,
    run: async (precision, change = (own) => own) => {
      loadStateDict(gpu, network, state, golden.name);
      const { graph, inputs: tensors, results } = precision === "f32" ? plain : record(precision);
      const byName = named(graph.nodes);
      const { graph: widened, result } = trace(() =>
        Object.fromEntries(wanted.map((name) => [name, cast(byName.get(name)!, "f32")])),
      );
      const changed = [...change(graph.nodes, tensors.images), ...widened.nodes];
      const recorded = { graph: { nodes: changed }, inputs: tensors, results: { ...results, ...result } };
      const program = await compileWhole(gpu, recorded, {});
      try {
        return new Map(Object.entries(await program.run(inputs)) as [string, Float32Array][]);
      } finally {
        program.release();
      }
    },
    release: () => release(gpu, network.variables),
  };
}

// Where the error of a step in f16 comes from: docs/precision.md. Usage below.
import { join } from "node:path";
import type { Tensor } from "@fledge/autograd";
import type { GraphNode } from "@fledge/autograd/src/graph.ts";
import { renderTable } from "@fledge/bench";
import { flagsOf, OptionsError, runCommand, wholeNumber } from "@fledge/bench/command-line";
import { compareRows, keptOfGradients, narrowCase, recipeCase } from "@fledge/conformance";
import { loadCase, type GoldenCase } from "@fledge/golden-cases";
import { toTorch } from "@fledge/resnet";
import { Gpu } from "@fledge/runtime";
import { onEmulatedMatrices } from "../on-emulated-matrices.ts";
import { layersTable, short, sumsHeader, sumsOf } from "./errors.ts";
import { kinds, operandsAsHalves, storedAsHalves, withMasksOf, type Kind } from "./rounding.ts";
import { openStep, scale, type Step, type Values } from "./step.ts";

const cases = { resnet50_recipe: recipeCase, resnet_narrow: narrowCase, resnet_narrow_odd: narrowCase };
type CaseName = keyof typeof cases;

const usage = `npx tsx test/precision/by-layer.ts [options]
  --case ${Object.keys(cases).join("|")}   the golden step (default resnet50_recipe)
  --images N   so many images of noise in place of the case's two or three
  --layers   a table of all layers for each precision, beside the sums`;

/** Runs with the rungs for matrix units, emulated where the adapter has none. */
const onMatrixUnits = <T>(gpu: Gpu, run: () => Promise<T>): Promise<T> =>
  gpu.traits.subgroupMatrices?.length ? run() : onEmulatedMatrices(run);

/** By the golden case's own measure, how far what it keeps of all gradients is from PyTorch's; empty where it keeps none. */
function sampled(golden: GoldenCase, out: Values): string {
  if (golden.op !== "resnet50_recipe_train") return "";
  const { parameters } = recipeCase(golden).network;
  const unscaled = (gradient: Float32Array): Float32Array => gradient.map((value) => value / scale);
  const gradients = parameters.map(({ name, shape }) => [name, toTorch(unscaled(out.get(name)!), shape)] as const);
  const kept = keptOfGradients(golden, new Map(gradients));
  return short(compareRows(golden, "grad_sample", kept.get("grad_sample")!)!.error);
}

/** A way to compute the step, and whether its layers are shown. */
interface Mode {
  readonly title: string;
  readonly run: () => Promise<Values>;
  readonly byLayer?: boolean;
}

function modesOf(gpu: Gpu, step: Step): Mode[] {
  const stored =
    (...some: readonly Kind[]) =>
    (nodes: readonly GraphNode[], images: Tensor) =>
      storedAsHalves(nodes, images, new Set(some));
  const inSingle = (title: string, change: Parameters<Step["run"]>[1], byLayer = false): Mode => ({
    title,
    run: () => step.run("f32", change),
    byLayer,
  });
  return [
    { title: "all, as f16 does", run: () => step.run("f16"), byLayer: true },
    {
      title: "all, on matrix units",
      run: () => onMatrixUnits(gpu, () => step.run("matrix")),
      byLayer: true,
    },
    inSingle("operands, with activations in f32", operandsAsHalves, true),
    ...kinds.map((kind) => inSingle(`${kind} alone`, stored(kind))),
    inSingle(
      "all, with f32's masks",
      (nodes, images) => withMasksOf(nodes, stored(...kinds)(operandsAsHalves(nodes), images)),
      true,
    ),
  ];
}

await runCommand(usage, async (args) => {
  const values = flagsOf(args, {
    case: { type: "string", default: "resnet50_recipe" },
    images: { type: "string" },
    layers: { type: "boolean", default: false },
  });
  const name = values.case as CaseName;
  if (!Object.hasOwn(cases, name))
    throw new OptionsError(`--case ${name}: give one of ${Object.keys(cases).join(", ")}`);
  const images = values.images === undefined ? undefined : wholeNumber("images", values.images, 2);
  const golden = loadCase(join(import.meta.dirname, "..", "conformance", "cases", name));
  const gpu = await Gpu.open();
  const step = openStep(gpu, golden, cases[name](golden), images);
  try {
    const ref = await step.run("f32");
    const [rows, tables]: [string[][], string[]] = [[], []];
    for (const { title, run, byLayer } of modesOf(gpu, step)) {
      const out = await run();
      rows.push([title, ...sumsOf(step, out, ref), images === undefined ? sampled(golden, out) : ""]);
      console.error(rows.at(-1)!.join("  "));
      if (byLayer && values.layers) tables.push(`\n## ${title}\n\n${layersTable(step, out, ref)}`);
    }
    console.log(`${renderTable([`${name}, rounded to f16`, ...sumsHeader, "sampled"], rows)}\n${tables.join("\n")}`);
  } finally {
    step.release();
    await gpu.close();
  }
});

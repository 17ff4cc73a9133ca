import { listCases, loadCase, openTestGpu, relativeError, runKernel } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { sgdUpdate, type SgdShape } from "../src/index.ts";
import { sgdUpdateReference } from "../src/reference.ts";

interface SgdAttributes {
  readonly learning_rate: number;
  readonly momentum: number;
  readonly weight_decay: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly steps: number;
}

type Vector = Float32Array<ArrayBuffer>;
type State = Readonly<Record<"parameter" | "momentumBuffer", Vector>>;
type Inputs = State & { readonly gradient: Vector; readonly learningRate: number; readonly stepCount: number };
type Step = (shape: SgdShape, inputs: Inputs) => Promise<State>;

/** Runs a case's steps one after another and compares parameter and buffer after each. */
async function expectGoldenSteps(directory: string, step: Step): Promise<void> {
  const golden = loadCase<SgdAttributes>(directory);
  const { learning_rate: learningRate, weight_decay: weightDecay, momentum, dampening, nesterov } = golden.attributes;
  const { steps } = golden.attributes;
  const tensor = (name: string): Vector => Float32Array.from(golden.float32(name));
  const count = tensor("parameter").length;
  const shape: SgdShape = { count, momentum, weightDecay, dampening, nesterov };
  let state: State = { parameter: tensor("parameter"), momentumBuffer: new Float32Array(count).fill(NaN) };
  const wrong: string[] = [];
  for (let k = 1; k <= steps; k++) {
    state = await step(shape, { ...state, gradient: tensor(`gradient_${k}`), learningRate, stepCount: k - 1 });
    for (const [name, values] of Object.entries({ parameter: state.parameter, momentum: state.momentumBuffer })) {
      const output = `${name}_${k}`;
      const error = relativeError(values, golden.float32(output), golden.floorOf(output));
      if (!(error <= golden.toleranceOf(output))) wrong.push(`${output}: relative error ${error}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(steps).toBeGreaterThan(0);
}

describe("sgd against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("sgd")) {
    it(`reference, ${basename(directory)}`, () =>
      expectGoldenSteps(directory, async (shape, inputs) => {
        const next = sgdUpdateReference(shape, inputs);
        return { parameter: Float32Array.from(next.parameter), momentumBuffer: Float32Array.from(next.momentumBuffer) };
      }));
    for (const { id } of sgdUpdate.rungs) {
      it(`${id}, ${basename(directory)}`, () =>
        expectGoldenSteps(directory, async (shape, { learningRate, stepCount, ...vectors }) => {
          const scalars = { learningRate: Float32Array.of(learningRate), stepCount: Uint32Array.of(stepCount) };
          return (await runKernel(gpu, sgdUpdate, shape, { ...vectors, ...scalars }, { rung: id })) as State;
        }));
    }
  }
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropout, dropPathBackward, dropPathForward } from "@fledge/dropout";
import { random } from "@fledge/random";
import { writeSafetensors } from "@fledge/safetensors";
import { openTestGpu } from "@fledge/testing";
import { afterAll, describe, expect, it } from "vitest";
import { runCases, type CaseResult } from "../src/index.ts";

const gpu = await openTestGpu();
const root = mkdtempSync(join(tmpdir(), "fledge-noise-cases-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Tensors = Record<string, { shape: number[]; data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> }>;

interface Made {
  readonly op: string;
  readonly attributes: object;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly gradients: Readonly<Record<string, string>>;
  readonly tensors: Tensors;
}

let count = 0;
/** Writes a golden case and runs it. */
async function run({ tensors, ...file }: Made, rungs: Record<string, string> = {}): Promise<CaseResult> {
  const name = `case_${count++}`;
  const directory = join(root, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "case.json"), JSON.stringify({ name, ...file, tolerance: { relative: 1e-6 } }));
  await writeSafetensors(join(directory, "tensors.safetensors"), new Map(Object.entries(tensors)));
  for await (const result of runCases([directory], { gpu, rungs })) return result;
  throw new Error("no case was run");
}

const [N, C, H, W] = [5, 3, 2, 4] as const;
const size = C * H * W;
const draw = random(2, "noise cases");
const floats = (length: number) => Float32Array.from({ length }, () => draw.normal());

/** The formulas as a case's author may have them, right and wrong. */
interface Formula {
  readonly scale?: (survival: number, training: boolean) => number;
  /** Which decision an element of image n follows. */
  readonly decision?: (n: number, i: number) => number;
}

function dropPathCase(training: boolean, relu: boolean, { scale, decision }: Formula = {}): Made {
  const survival = 0.7;
  const [identity, branch, upstream] = [floats(N * size), floats(N * size), floats(N * size)];
  const keep = Int32Array.of(1, 0, 1, 1, 0);
  const scaled = scale ?? (() => (training ? 1 / survival : 1));
  const factor = (at: number) => {
    const n = Math.floor(at / size);
    return (training ? keep[(decision ?? ((image) => image))(n, at % size)]! : 1) * scaled(survival, training);
  };
  const sums = Float64Array.from(identity, (value, at) => value + branch[at]! * factor(at));
  const passes = (at: number) => (relu && sums[at]! <= 0 ? 0 : upstream[at]!);
  const shape = [N, C, H, W];
  const tensor = (values: (at: number) => number) => ({
    shape,
    data: Float32Array.from(identity, (_, at) => values(at)),
  });
  return {
    op: "drop_path",
    attributes: { survival, relu, training },
    inputs: ["identity", "branch", "keep"],
    outputs: ["output"],
    gradients: { identity: "grad/identity", branch: "grad/branch" },
    tensors: {
      identity: { shape, data: identity },
      branch: { shape, data: branch },
      keep: { shape: [N], data: keep },
      grad_output: { shape, data: upstream },
      output: tensor((at) => (relu ? Math.max(sums[at]!, 0) : sums[at]!)),
      "grad/identity": tensor(passes),
      "grad/branch": tensor((at) => passes(at) * factor(at)),
    },
  };
}

function dropoutCase(p: number, training: boolean, scale?: number): Made {
  const shape = [N, size];
  const [input, upstream] = [floats(N * size), floats(N * size)];
  const keep = Int32Array.from(input, () => (p < 1 && draw.float() >= p ? 1 : 0));
  const factor = (at: number) => (training ? (keep[at] ? (scale ?? 1 / (1 - p)) : 0) : (scale ?? 1));
  return {
    op: "dropout",
    attributes: { p, training },
    inputs: ["input", "keep"],
    outputs: ["output"],
    gradients: { input: "grad/input" },
    tensors: {
      input: { shape, data: input },
      keep: { shape, data: keep },
      grad_output: { shape, data: upstream },
      output: { shape, data: input.map((value, at) => value * factor(at)) },
      "grad/input": { shape, data: upstream.map((value, at) => value * factor(at)) },
    },
  };
}

describe("pass by the formulas", () => {
  it.each([true, false])("drop_path, training %s", async (training) => {
    for (const relu of [true, false])
      expect(await run(dropPathCase(training, relu))).toMatchObject({ outcome: "passed" });
  });

  it.each([0, 0.3, 1])("dropout, p %f", async (p) => {
    for (const training of [true, false])
      expect(await run(dropoutCase(p, training))).toMatchObject({ outcome: "passed" });
  });

  it("every rung, forced", async () => {
    for (const { id } of dropout.rungs)
      expect(await run(dropoutCase(0.3, true), { dropout: id }), id).toMatchObject({ outcome: "passed" });
    for (const kernel of [dropPathForward, dropPathBackward])
      for (const { id } of kernel.rungs)
        expect(await run(dropPathCase(true, true), { [kernel.name]: id }), id).toMatchObject({ outcome: "passed" });
  });
});

describe("fail by planted mistakes:", () => {
  const mistakes: Record<string, Made> = {
    "drop_path without its scale": dropPathCase(true, false, { scale: () => 1 }),
    "drop_path with a decision for each element": dropPathCase(true, false, { decision: (n, i) => (n + i) % N }),
    "drop_path scaled in evaluation, as the 2016 paper has it": dropPathCase(false, false, { scale: (s) => s }),
    "drop_path scaled in evaluation as in training": dropPathCase(false, true, { scale: (s) => 1 / s }),
    "dropout without its scale": dropoutCase(0.3, true, 1),
    "dropout scaled in evaluation": dropoutCase(0.3, false, 0.7),
  };
  it.each(Object.entries(mistakes))("%s", async (_name, made) => {
    const { outcome, worst } = await run(made);
    expect(outcome).toBe("failed");
    expect(worst!.error).toBeGreaterThan(0.1);
  });
});

describe("drop_path_rates", () => {
  const ratesCase = (rule: string, rates: number[]): Made => {
    const dense = (values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
    return {
      op: "drop_path_rates",
      attributes: { rule, depths: [1, 2, 1], rate: 0.4 },
      inputs: [],
      outputs: ["drop_rates", "survival"],
      gradients: {},
      tensors: { drop_rates: dense(rates), survival: dense(rates.map((rate) => 1 - rate)) },
    };
  };
  const byRule = {
    index_over_count: [0, 0.1, 0.2, 0.3],
    index_over_last: [0, 0.4 / 3, 0.8 / 3, 0.4],
    one_based: [0.1, 0.2, 0.3, 0.4],
  };

  it.each(Object.keys(byRule))("%s passes by its own rule alone", async (rule) => {
    for (const [other, rates] of Object.entries(byRule))
      expect((await run(ratesCase(rule, rates))).outcome).toBe(rule === other ? "passed" : "failed");
  });

  it("names a rule that does not exist", async () => {
    expect(await run(ratesCase("constant", [0.4, 0.4, 0.4, 0.4]))).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("rule") as string,
    });
  });
});

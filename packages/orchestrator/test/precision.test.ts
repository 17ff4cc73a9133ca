import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baselineDevice, type DeviceTraits } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { resolveConfig, withLaterSettings } from "../src/config/resolve.ts";
import { presets } from "../src/config/presets.ts";
import { teacherKey } from "../src/run/teacher-settings.ts";
import { requirePrecision } from "../src/stages/precision.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const inPrecision = (precision: string) => resolveConfig("demo", [{ training: { precision } }]);

describe("an adapter that lacks the precision is refused, with what it can do", () => {
  const adapterWith = (traits: Partial<DeviceTraits>) =>
    ({ adapter: { name: "Some GPU" }, traits: { ...baselineDevice, ...traits } }) as Parameters<
      typeof requirePrecision
    >[0];
  const halves = new Set(["shader-f16"]);
  const all = new Set(["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"]);
  const matrices = [{ componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 }];

  it.each([
    [
      "f16",
      {},
      "lacks shader-f16. Give --set training.precision=f32, for a new run, or another adapter with --adapter",
    ],
    [
      "matrix",
      {},
      "lacks subgroups, shader-f16, chromium-experimental-subgroup-matrix. Give --set training.precision=f32,",
    ],
    ["matrix", { features: halves }, "Give --set training.precision=f16 or f32,"],
    ["matrix", { features: all, subgroupSize: 64 }, "subgroups of 64 lanes, 32 needed. Give"],
    ["matrix", { features: all, subgroupSize: 32 }, "no 16 x 16 x 16 matrices with f16 factors and f32 sums. Give"],
  ] as const)("%s on %o", (precision, traits, message) => {
    const refused = (): void => requirePrecision(adapterWith(traits), inPrecision(precision));
    expect(refused).toThrow(`training.precision: "${precision}" cannot be computed on "Some GPU": `);
    expect(refused).toThrow(message);
  });

  it("and one that has it is not", () => {
    const units = { features: all, subgroupSize: 32, subgroupMatrices: matrices };
    expect(() => {
      requirePrecision(adapterWith({}), inPrecision("f32"));
      requirePrecision(adapterWith({ features: halves }), inPrecision("f16"));
      requirePrecision(adapterWith(units), inPrecision("matrix"));
    }).not.toThrow();
  });
});

it("settings of before are f32, and a scale that no loss takes decides no teacher", () => {
  const { training, ...others } = presets["demo"]!;
  const { precision: _p, lossScale: _l, ...earlier } = training;
  expect(withLaterSettings({ ...others, training: earlier })).toEqual(presets["demo"]);
  const scaled = (precision: string): string =>
    teacherKey(resolveConfig("demo", [{ training: { precision, lossScale: { initialScale: 8 } } }]));
  expect(scaled("f32")).toBe(teacherKey(inPrecision("f32")));
  // The name of the demo's teachers before there were precisions: a study that has them trains none anew.
  expect(teacherKey(presets["demo"]!)).toBe("31f46696dafc");
  expect(scaled("f16")).not.toBe(teacherKey(inPrecision("f16")));
  expect(() => inPrecision("bf16")).toThrow("training.precision");
});

describe("fledge train", async () => {
  const birds = await drawBirds(join(folder, "birds"));
  const train = (name: string, precision: string) =>
    run(
      "train",
      "teacher",
      ...birds,
      ...small,
      "--set",
      `training.precision=${precision}`,
      "--run",
      join(folder, name),
    );

  it("refuses matrix units that the adapter has not, before anything is written", async () => {
    const { code, output } = await train("matrix", "matrix");
    expect(code).toBe(1);
    expect(output).toMatch(
      /training\.precision: "matrix" cannot be computed on "[^"]+": the adapter lacks chromium-experimental-subgroup-matrix\. Give --set training\.precision=f16 or f32/,
    );
    expect(output).not.toMatch(/^\s+at .*[:(]/m);
    expect(existsSync(join(folder, "matrix"))).toBe(false);
  });

  it("trains in f16, and the run says so wherever one looks", async () => {
    const { code, output } = await train("half", "f16");
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(
      /training\.precision f16: .*kernel shapes of products round their operands, in f32 stay .*IC=3/,
    );
    expect(output).toMatch(/epoch 1\/\d.*loss scale \d+/);
    const text = (file: string): string => readFileSync(join(folder, "half", file), "utf8");
    const kernels = JSON.parse(text("kernels.json")) as {
      kernel: string;
      rung: string;
      shape: { precision?: string };
    }[];
    const halves = kernels.filter(({ shape }) => shape.precision === "f16");
    expect(halves.some(({ rung }) => rung === "conv2d-forward/11-f16")).toBe(true);
    // Evaluation is in f32, and so are its kernels.
    expect(kernels.some(({ kernel, shape }) => kernel === "conv2d-forward" && shape.precision === undefined)).toBe(
      true,
    );
    expect(kernels.filter(({ rung, shape }) => rung.endsWith("-f16") && shape.precision === undefined)).toEqual([]);
    expect(JSON.parse(text("environment.json"))).toMatchObject({ precision: "f16" });
    expect(text("teacher/metrics.jsonl")).toMatch(/"lossScale":\d+,"skippedSteps":\d+/);
  });
});

it("doctor says which precisions the adapter computes in", async () => {
  const { output } = await run("doctor");
  expect(output).toMatch(/^precision {5}f32, f16; not matrix: the adapter lacks /m);
});

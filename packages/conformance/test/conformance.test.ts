import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { findCases, runCases, type CaseResult } from "../src/index.ts";

const cases = join(import.meta.dirname, "../../../test/conformance/cases");
const beyond = join(import.meta.dirname, "../../../test/conformance/beyond");
const gpu = await openTestGpu();

async function run(directories: readonly string[], rungs: Record<string, string> = {}): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of runCases(directories, { gpu, rungs })) results.push(result);
  return results;
}

/** A copy of a golden case with its case.json or tensors changed. */
function spoiled(name: string, change: (directory: string) => void): string {
  const directory = join(mkdtempSync(join(tmpdir(), "fledge-case-")), name);
  cpSync(join(cases, name), directory, { recursive: true });
  change(directory);
  return directory;
}

const editCase = (edit: (file: Record<string, unknown>) => void) => (directory: string) => {
  const path = join(directory, "case.json");
  const file = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  edit(file);
  writeFileSync(path, JSON.stringify(file));
};

describe("golden cases", () => {
  const isLarge = (path: string): boolean => basename(path) === "resnet50_recipe";

  it("all but the largest pass through the operators and the step that training uses", async () => {
    const results = await run((await findCases(cases)).filter((path) => !isLarge(path)));
    expect(results).toHaveLength(162);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(results.every(({ worst }) => worst !== undefined)).toBe(true);
  });

  it("of images pass through the device's kernels as well", async () => {
    const ops = ["augment_", "policy_", "resize_center_crop", "resized_crop", "horizontal_flip"];
    const found = (await findCases(cases)).filter((path) => ops.some((op) => basename(path).startsWith(op)));
    const results: CaseResult[] = [];
    for await (const result of runCases(found, { gpu, rungs: {}, augmentOn: "device" })) results.push(result);
    expect(results).toHaveLength(67);
    const others = results.filter(({ outcome }) => outcome !== "passed");
    // Torchvision's option is the one operation without a kernel.
    expect(others.map(({ name, outcome }) => [name, outcome])).toEqual([["augment_torchvision_bilinear", "skipped"]]);
  });

  it("those past the paper pass through what training, robustness and studies use", async () => {
    const results = await run(await findCases(beyond));
    expect(results).toHaveLength(160);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });

  // Where the driver has not cached the shaders yet, they compile first: a minute on a software adapter.
  it("the largest, a ResNet-50 of full width, passes through the same step", { timeout: 600_000 }, async () => {
    const [result, ...others] = await run((await findCases(cases)).filter(isLarge));
    expect(others).toEqual([]);
    expect(result).toMatchObject({ name: "resnet50_recipe", outcome: "passed" });
  });

  it("layers and whole steps pass with products in f16, and are less exact than f32", async () => {
    const ops = /\/(conv2d|linear|resnet_narrow)[^/]*$/;
    const directories = (await findCases(cases)).filter((path) => ops.test(path));
    const results: CaseResult[] = [];
    for await (const result of runCases(directories, { gpu, rungs: {}, precision: "f16" })) results.push(result);
    const others = results.filter(({ outcome }) => outcome !== "passed");
    // Its values do not fit f16, in which activations lie below f32.
    expect(others.map(({ name, outcome }) => [name, outcome])).toEqual([["conv2d_3x3_large", "skipped"]]);
    const step = results.find(({ name }) => name === "resnet_narrow")!;
    expect(step.worst!.error).toBeGreaterThan(2 ** -12);
  });

  it("pass with a forced rung", async () => {
    const results = await run([join(cases, "conv2d_3x3_s2_odd")], { "conv2d-forward": "conv2d-forward/01-naive" });
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed"]);
  });
});

describe("a case fails", () => {
  it("where the expected numbers are others", async () => {
    const directory = spoiled("relu", (path) => {
      const file = join(path, "tensors.safetensors");
      const bytes = readFileSync(file);
      // The header's last tensors hold the data's end: any changed float there is an expected value or an input of it.
      bytes.writeFloatLE(12345, bytes.length - 4);
      writeFileSync(file, bytes);
    });
    expect((await run([directory]))[0]!.outcome).toBe("failed");
  });

  it("where bytes differ by more than its tolerance of bytes, on average or at most", async () => {
    const outcome = async (bytes: object | undefined, difference: number): Promise<CaseResult["outcome"]> => {
      const directory = spoiled("horizontal_flip", (path) => {
        if (bytes) editCase((file) => Object.assign(file["tolerance"] as object, { bytes }))(path);
        const file = join(path, "tensors.safetensors");
        const stored = readFileSync(file);
        stored[stored.length - 1]! ^= difference; // the last byte of an image
        writeFileSync(file, stored);
      });
      return (await run([directory]))[0]!.outcome;
    };
    expect(await outcome(undefined, 1)).toBe("failed");
    expect(await outcome({ mean_abs: 1, max_abs: 1 }, 1)).toBe("passed");
    expect(await outcome({ mean_abs: 1, max_abs: 1 }, 6)).toBe("failed");
    expect(await outcome({ mean_abs: 1e-9, max_abs: 200 }, 6)).toBe("failed");
  });

  it("where its op is unknown", async () => {
    const [result] = await run([
      spoiled(
        "relu",
        editCase((file) => (file["op"] = "gelu")),
      ),
    ]);
    expect(result).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/no op "gelu".*conv2d/) as string,
    });
  });

  it("where an attribute is missing", async () => {
    const [result] = await run([
      spoiled(
        "conv2d_1x1_s1",
        editCase((file) => (file["attributes"] = { padding: 0 })),
      ),
    ]);
    expect(result).toMatchObject({ outcome: "failed", reason: expect.stringContaining("stride") as string });
  });

  it("where it expects nothing, or a gradient of what is no input", async () => {
    const [nothing] = await run([
      spoiled(
        "relu",
        editCase((file) => Object.assign(file, { outputs: [], gradients: {} })),
      ),
    ]);
    expect(nothing).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("no output and no gradient") as string,
    });
    const [unknown] = await run([
      spoiled(
        "relu",
        editCase((file) => (file["gradients"] = { scale: "grad/input" })),
      ),
    ]);
    expect(unknown).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining('the gradient of "scale"') as string,
    });
  });

  it("where an attribute asks for another computation", async () => {
    const sum = editCase((file) => Object.assign(file["attributes"] as object, { reduction: "sum" }));
    const [result] = await run([spoiled("softmax_cross_entropy_hard_1x7", sum)]);
    expect(result).toMatchObject({ outcome: "failed", reason: expect.stringContaining("reduction") as string });
  });

  it("in one line, naming the file, where case.json is broken", async () => {
    const [garbled] = await run([spoiled("relu", (path) => writeFileSync(join(path, "case.json"), "{nope"))]);
    expect(garbled).toMatchObject({
      name: "relu",
      outcome: "failed",
      reason: expect.stringMatching(/case\.json is no JSON: [^\n]*$/) as string,
    });
    const [incomplete] = await run([
      spoiled(
        "relu",
        editCase((file) => delete file["tolerance"]),
      ),
    ]);
    expect(incomplete).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/case\.json: [^\n]*tolerance$/) as string,
    });
  });

  it("where a rung is forced that does not exist", async () => {
    const [result] = await run([join(cases, "relu")], { relu: "relu/99-magic" });
    expect(result).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining('no rung "relu/99-magic"') as string,
    });
  });
});

describe("a case that asks for what does not exist here", () => {
  const bicubic = (file: Record<string, unknown>): void => {
    const { operations } = file["attributes"] as { operations: Record<string, unknown>[] };
    operations[0]!["interpolation"] = "bicubic";
  };
  const asks: readonly (readonly [string, string, (file: Record<string, unknown>) => void, RegExp])[] = [
    ["an op", "relu", (file) => (file["op"] = "gelu"), /no op "gelu"/],
    ["an interpolation", "augment_torchvision_bilinear", bicubic, /no interpolation "bicubic"/],
    [
      "a resize",
      "resized_crop_64",
      (file) => Object.assign(file["attributes"] as object, { interpolation: "nearest" }),
      /not "nearest"/,
    ],
  ];

  it.each(asks)(
    "%s: is skipped where it is optional and fails where it is not, with the reason",
    async (_, name, edit, reason) => {
      for (const [optional, outcome] of [
        [true, "skipped"],
        [false, "failed"],
      ] as const) {
        const [result] = await run([
          spoiled(
            name,
            editCase((file) => (edit(file), (file["optional"] = optional))),
          ),
        ]);
        expect(result).toMatchObject({ name, outcome, reason: expect.stringMatching(reason) as string });
      }
    },
  );
});

it("folders without cases are named", async () => {
  await expect(findCases(join(cases, "none"))).rejects.toThrow("there is no folder");
  await expect(findCases(mkdtempSync(join(tmpdir(), "fledge-no-cases-")), "x")).rejects.toThrow("holds no case");
  await expect(findCases(cases, "no such name")).rejects.toThrow("none of the 163 cases");
});

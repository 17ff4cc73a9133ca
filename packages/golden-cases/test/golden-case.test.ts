import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadCase } from "../src/index.ts";

const cases = join(import.meta.dirname, "../../../test/conformance/cases");

it("gives tensors by name and type", () => {
  const flip = loadCase(join(cases, "horizontal_flip"));
  expect(flip.shape("image")).toEqual([18, 31, 3]);
  expect(flip.uint8("image")).toHaveLength(18 * 31 * 3);
  expect(() => flip.float32("image")).toThrow("tensor image is not a Float32Array");
  expect(() => flip.shape("picture")).toThrow("no tensor picture is stored");
});

it("gives every tensor its own tolerance and floor", () => {
  const network = loadCase(join(cases, "resnet_narrow"));
  expect(network.toleranceOf("losses")).toBe(3e-3); // by name
  expect(network.toleranceOf("grad/fc.weight")).toBe(2e-3); // by prefix
  expect(network.toleranceOf("anything else")).toBe(1e-3);
  expect(network.floorOf("loss")).toBe(1e-12);
  expect(loadCase(join(cases, "softmax_cross_entropy_hard_1x7")).floorOf("loss")).toBe(0.1);
});

it("checks attributes", () => {
  const golden = loadCase(join(cases, "conv2d_1x1_s1"));
  expect(golden.attributesAs(z.object({ stride: z.int() }))).toEqual({ stride: 1 });
  expect(() => golden.attributesAs(z.object({ groups: z.int() }))).toThrow(/attributes: .*groups/s);
});

describe("a case is refused, naming the file,", () => {
  const scratch = mkdtempSync(join(tmpdir(), "fledge-golden-"));
  afterAll(() => rmSync(scratch, { recursive: true }));

  /** A copy of the case `relu` with another `case.json`. */
  function written(change: (file: Record<string, unknown>) => unknown): string {
    const directory = mkdtempSync(join(scratch, "relu-"));
    cpSync(join(cases, "relu"), directory, { recursive: true });
    const path = join(directory, "case.json");
    const changed = change(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>);
    writeFileSync(path, typeof changed === "string" ? changed : JSON.stringify(changed));
    return directory;
  }

  it.each<[what: string, change: (file: Record<string, unknown>) => unknown, message: RegExp]>([
    ["that is no JSON", () => "{nope", /case\.json is no JSON/],
    ["that lacks a key", (file) => ({ ...file, tolerance: undefined }), /case\.json: .*tolerance/s],
    ["that expects what is not stored", (file) => ({ ...file, outputs: ["sum"] }), /no tensor sum is stored/],
  ])("%s", (_what, change, message) => {
    expect(() => loadCase(written(change))).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { allocationBytes, describeSpec, elementCount, inout, input, output, sizeBytes } from "../src/tensor-spec.ts";

describe("a tensor's size", () => {
  it.each([
    [input([2, 3, 5]), 30, 120, 128],
    [input([]), 1, 4, 16],
    [output([7], "u8"), 7, 7, 16],
    [inout([17], "u8"), 17, 17, 32],
    [output([4], "i32"), 4, 16, 16],
    [output([0]), 0, 0, 16],
  ])("of %j", (spec, elements, bytes, allocated) => {
    expect([elementCount(spec), sizeBytes(spec), allocationBytes(spec)]).toEqual([elements, bytes, allocated]);
  });

  it("is told in words", () => {
    expect(describeSpec(input([32, 56, 56, 64]))).toBe("f32[32,56,56,64]");
  });
});

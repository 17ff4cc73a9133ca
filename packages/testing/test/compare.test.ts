import { describe, expect, it } from "vitest";
import { worstMismatch } from "../src/compare.ts";

describe("worstMismatch", () => {
  it("is null where all elements are within their bounds", () => {
    expect(worstMismatch(Float32Array.of(1, 2.5), [1.5, 2], 0.5)).toBeNull();
    expect(worstMismatch(Float32Array.of(1, 2.5), [1.5, 2.5], Float64Array.of(0.5, 0))).toBeNull();
    expect(worstMismatch(new Float32Array(0), [], 0)).toBeNull();
    expect(worstMismatch(Uint8Array.of(255), [255], 0)).toBeNull();
  });

  it("names the element furthest outside its bound", () => {
    expect(worstMismatch(Float32Array.of(1, 5, 9), [1, 2, 3], 1)).toBe("element 2 is 9, expected 3 within 1");
    expect(worstMismatch(Float32Array.of(1, 5, 9), [1, 2, 3], Float64Array.of(0, 0, 5.5))).toBe(
      "element 1 is 5, expected 2 within 0",
    );
    expect(worstMismatch(Uint32Array.of(4294967295), [4294967294], 0)).toBe(
      "element 0 is 4294967295, expected 4294967294 within 0",
    );
  });

  it.each([NaN, Infinity, -Infinity])("never takes %d for a number", (value) => {
    expect(worstMismatch(Float32Array.of(100, value), [0, 0], 1)).toBe(`element 1 is ${value}, expected 0 within 1`);
  });

  it("never takes a bound that is missing or NaN for one that holds", () => {
    expect(worstMismatch(Float32Array.of(1), [1], NaN)).toBe("element 0 is 1, expected 1 within NaN");
    expect(worstMismatch(Float32Array.of(1, 1), [1, 1], Float64Array.of(0))).toBe(
      "element 1 is 1, expected 1 within undefined",
    );
  });

  it("counts the elements first", () => {
    expect(worstMismatch(Float32Array.of(1, 2), [1], 0)).toBe("2 elements, expected 1");
  });
});

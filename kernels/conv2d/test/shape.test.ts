import { describe, expect, it } from "vitest";
import { outputSize, type Conv2dShape } from "../src/index.ts";
import { checkConv2dShape, conv2dFlops } from "../src/shape.ts";

const stem: Conv2dShape = { N: 32, IH: 224, IW: 200, IC: 3, OC: 64, KH: 7, KW: 7, stride: 2, padding: 3 };

describe("the shape of a convolution", () => {
  it("has PyTorch's output size", () => {
    expect(outputSize(stem)).toEqual({ OH: 112, OW: 100 });
    expect(outputSize({ ...stem, IH: 7, KH: 3, stride: 3, padding: 0 })).toEqual({ OH: 2, OW: 65 });
    expect(outputSize({ ...stem, IH: 1, IW: 1, KH: 1, KW: 1, stride: 1, padding: 2 })).toEqual({ OH: 5, OW: 5 });
  });

  it("costs two operations for each multiply-add", () => {
    expect(conv2dFlops(stem)).toBe(2 * 32 * 112 * 100 * 64 * 7 * 7 * 3);
  });

  it("may have a kernel beyond the image if the padding holds it", () => {
    expect(() => checkConv2dShape({ ...stem, IH: 2, IW: 2 })).not.toThrow();
  });

  for (const name of ["N", "IH", "IW", "IC", "OC", "KH", "KW", "stride"] as const) {
    it(`names ${name} if it is 0, negative or no whole number`, () => {
      for (const value of [0, -1, 1.5, Number.NaN, Infinity]) {
        const check = (): void => checkConv2dShape({ ...stem, [name]: value });
        expect(check).toThrow(`conv2d: ${name} is ${value}; it must be a whole number of at least 1`);
      }
    });
  }

  it("names padding if it is negative", () => {
    const check = (): void => checkConv2dShape({ ...stem, padding: -1 });
    expect(check).toThrow("conv2d: padding is -1; it must be a whole number of at least 0");
  });

  it("names the kernel's side that does not fit, and the mend", () => {
    const check = (image: Partial<Conv2dShape>) => (): void => checkConv2dShape({ ...stem, ...image, padding: 1 });
    expect(check({ IH: 4 })).toThrow("KH 7 exceeds the padded height 6; raise IH or padding, or use a smaller kernel");
    expect(check({ IW: 4 })).toThrow("KW 7 exceeds the padded width 6; raise IW or padding, or use a smaller kernel");
  });
});

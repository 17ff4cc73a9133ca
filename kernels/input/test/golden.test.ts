import { listCases, loadCase, openTestGpu, relativeError, runKernel, type TensorData } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { normaliseImages, type NormaliseShape } from "../src/index.ts";
import { expectedImages, imageNet, type ImageInputs } from "./images.ts";

type Run = (shape: NormaliseShape, inputs: ImageInputs) => Promise<TensorData | Float64Array>;
type Sizes = Pick<NormaliseShape, "N" | "IH" | "IW" | "OH" | "OW">;

/** A picture twice, and a window of `OW` columns in each: the left one, then the right one. */
function twoWindows(picture: Uint8Array, [IH, IW]: readonly number[], OW: number, flip: 0 | 1): [Sizes, ImageInputs] {
  const images = Uint8Array.from([...picture, ...picture]);
  return [
    { N: 2, IH, IW, OH: IH, OW },
    { images, placement: Int32Array.of(0, 0, flip, 0, IW - OW, flip) },
  ];
}

/** The same two windows of a picture in CHW, as HWC. */
function twoWindowsOfChw(chw: ArrayLike<number>, [H, W]: readonly number[], OW: number): number[] {
  const window = (left: number): number[] =>
    Array.from({ length: H * OW * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return chw[((i % 3) * H + Math.floor(pixel / OW)) * W + left + (pixel % OW)];
    });
  return [...window(0), ...window(W - OW)];
}

describe("normaliseImages against torchvision's numbers", async () => {
  const gpu = await openTestGpu();
  const runners: { name: string; columnsAtOnce: number; run: Run }[] = [
    { name: "reference", columnsAtOnce: 1, run: async (shape, inputs) => expectedImages(shape, inputs).out },
    ...normaliseImages.rungs.map(({ id, unsupported }) => ({
      name: id,
      columnsAtOnce: unsupported ? 4 : 1,
      run: async (shape: NormaliseShape, inputs: ImageInputs) => {
        const { out } = await runKernel(gpu, normaliseImages, shape, inputs, { rung: id });
        return out;
      },
    })),
  ];

  for (const { name, columnsAtOnce, run } of runners) {
    for (const directory of listCases("image_normalise")) {
      it(`${name}, ${basename(directory)}`, async () => {
        const golden = loadCase<Pick<NormaliseShape, "mean" | "std">>(directory);
        const size = golden.shape("image");
        const OW = size[1] - (size[1] % columnsAtOnce);
        const [sizes, inputs] = twoWindows(golden.uint8("image"), size, OW, 0);
        const out = await run({ ...sizes, ...golden.attributes }, inputs);
        const expected = twoWindowsOfChw(golden.float32("output"), size, OW);
        const error = relativeError(out, expected, golden.floorOf("output"));
        expect(error).toBeLessThanOrEqual(golden.toleranceOf("output"));
      });
    }
    for (const directory of listCases("image_horizontal_flip")) {
      it(`${name}, ${basename(directory)}: flipping in the kernel equals normalising the flipped bytes`, async () => {
        const golden = loadCase(directory);
        const size = golden.shape("image");
        const OW = size[1] - (size[1] % columnsAtOnce);
        const [sizes, mirrored] = twoWindows(golden.uint8("image"), size, OW, 1);
        const [, plain] = twoWindows(golden.uint8("output"), size, OW, 0);
        const ours = await run({ ...sizes, ...imageNet }, mirrored);
        const theirs = await run({ ...sizes, ...imageNet }, plain);
        // The left window of a picture is the right one of its mirror image.
        const half = ours.length / 2;
        expect(ours.slice(0, half)).toEqual(theirs.slice(half));
        expect(ours.slice(half)).toEqual(theirs.slice(0, half));
        expect(ours.findIndex((value) => !Number.isFinite(value))).toBe(-1);
      });
    }
  }
});

import { describe, expect, it } from "vitest";
import {
  brightness,
  framesOf,
  isNoiseSequence,
  perturb,
  perturbationKinds,
  type PerturbationKind,
  type RgbImage,
} from "../src/index.ts";
import { distance, picture, streams } from "./pictures.ts";

const whole = picture(50, 40);
const side = 32;
/** The central side x side pixels, moved by `left` columns. */
function crop(left = 0): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y += 1) {
    const start = ((4 + y) * 50 + 9 + left) * 3;
    data.set(whole.data.subarray(start, start + side * 3), y * side * 3);
  }
  return { width: side, height: side, data };
}
const frameOf = (kind: PerturbationKind, frame: number, seed = 1): RgbImage =>
  perturb(whole, side, { kind, frame }, streams(seed));

describe("perturb", () => {
  it("has ImageNet-P's ten sequences, noise compared with frame 0", () => {
    expect(perturbationKinds).toHaveLength(10);
    expect(perturbationKinds.filter(isNoiseSequence)).toEqual(["gaussian_noise", "shot_noise"]);
    expect(perturbationKinds.map(framesOf)).toEqual([31, 31, 31, 31, 31, 31, 41, 31, 31, 31]);
  });

  it.each(perturbationKinds)("%s: frames are the crop's size, seeded, and differ from one another", (kind) => {
    const frames = [0, 1, 2].map((frame) => frameOf(kind, frame));
    for (const frame of frames)
      expect([frame.width, frame.height, frame.data.length]).toEqual([side, side, side ** 2 * 3]);
    expect(frameOf(kind, 1)).toEqual(frames[1]);
    expect(frames[1]).not.toEqual(frames[0]);
    expect(frames[2]).not.toEqual(frames[1]);
    const drawn = isNoiseSequence(kind) || kind === "snow";
    expect(Buffer.compare(frameOf(kind, 1, 2).data, frames[1]!.data) === 0).toBe(!drawn);
  });

  it.each(["gaussian_noise", "shot_noise"] as const)("%s begins clean, and its frames are alike but apart", (kind) => {
    expect(frameOf(kind, 0)).toEqual(crop());
    const [near, far] = [frameOf(kind, 1), frameOf(kind, 30)].map((frame) => distance(frame, crop())) as [
      number,
      number,
    ];
    expect(near).toBeGreaterThan(1);
    expect(Math.abs(near - far)).toBeLessThan(0.2 * near); // no order among them
  });

  it("pictures that move pass the clean crop, bringing in what lies outside it", () => {
    expect(frameOf("translate", 20)).toEqual(crop());
    expect(frameOf("translate", 23)).toEqual(crop(-3));
    expect(frameOf("translate", 17)).toEqual(crop(3));
    expect(
      frameOf("translate", 40)
        .data.subarray(0, 33)
        .every((byte) => byte === 0),
    ).toBe(true); // 11 columns are past the edge
    expect(frameOf("rotate", 15)).toEqual(crop());
    expect(frameOf("scale", 24)).toEqual(crop());
    expect(frameOf("zoom_blur", 0)).toEqual(crop());
    expect(distance(frameOf("tilt", 15), crop())).toBeLessThan(3); // seen from a little further off
    expect(frameOf("brightness", 20)).toEqual(brightness(crop(), { add: 0.1 }));
  });

  it("a picture turns clockwise, and grows with the scale", () => {
    const data = new Uint8Array(41 * 41 * 3);
    // A spot above the centre, wide enough to be met when the picture shrinks.
    for (const row of [6, 7, 8, 9, 10]) data.fill(255, (row * 41 + 18) * 3, (row * 41 + 23) * 3);
    const spot = { width: 41, height: 41, data };
    const centroid = (kind: PerturbationKind, frame: number) => {
      const { data: out } = perturb(spot, 41, { kind, frame }, streams(1));
      let [x, y, sum] = [0, 0, 0];
      for (let i = 0; i < out.length; i += 3) {
        x += (Math.floor(i / 3) % 41) * out[i]!;
        y += Math.floor(i / 3 / 41) * out[i]!;
        sum += out[i]!;
      }
      return { x: x / sum, y: y / sum };
    };
    expect(centroid("rotate", 30).x).toBeGreaterThan(20); // 15 degrees
    expect(centroid("rotate", 0).x).toBeLessThan(20);
    expect(centroid("scale", 0).y).toBeGreaterThan(12); // 0.4
    expect(centroid("scale", 30).y).toBeLessThan(8); // 1.15
  });

  it("snow is one layer that falls otherwise from frame to frame", () => {
    const [a, b, far] = [frameOf("snow", 10), frameOf("snow", 11), frameOf("snow", 30)];
    expect(distance(a, b)).toBeLessThan(distance(a, far));
  });

  it("refuses what there is not, by name", () => {
    const run =
      (perturbation: object, size = side) =>
      () =>
        perturb(whole, size, perturbation as never, streams(1));
    expect(run({ kind: "fog", frame: 0 })).toThrow(/there is no kind "fog"; there is gaussian_noise, .*scale/);
    for (const frame of [-1, 31, 0.5]) {
      expect(run({ kind: "tilt", frame })).toThrow(
        `perturbation tilt: the frame must be an integer of 0 to 30, got ${frame}`,
      );
    }
    expect(run({ kind: "translate", frame: 41 })).toThrow("0 to 40, got 41");
    expect(run({ kind: "tilt", frame: 0 }, 41)).toThrow(
      "perturbation tilt: a crop of 41 does not fit the picture of 50 x 40",
    );
  });
});

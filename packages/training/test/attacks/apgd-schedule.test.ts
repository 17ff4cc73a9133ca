import { modes } from "@fledge/attack-step";
import { describe, expect, it } from "vitest";
import { apgdCheckpoints, ApgdImage } from "../../src/attacks/apgd-schedule.ts";
import { squareSide } from "../../src/attacks/square.ts";

describe("apgdCheckpoints", () => {
  it("are the paper's for 100 steps", () => {
    expect(apgdCheckpoints(100)).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
  });

  it("are whole steps for few", () => {
    expect(apgdCheckpoints(10)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(apgdCheckpoints(1)).toEqual([1]);
  });
});

/** Lets an image see losses in turn; the last is at a checkpoint. */
function seen(start: number, ...losses: number[]): ApgdImage {
  const image = new ApgdImage(0.1, start);
  losses.forEach((loss, i) => image.observe(loss, i === losses.length - 1));
  return image;
}

describe("ApgdImage", () => {
  it("begins with steps of twice epsilon, carries nothing along in the first, and keeps its start as the best", () => {
    const image = new ApgdImage(0.1, 1);
    expect(image.control()).toEqual({ size: 0.2, epsilon: 0.1, momentum: 1, mode: modes.keepBest });
    image.observe(2, false);
    expect(image.control()).toEqual({ size: 0.2, epsilon: 0.1, momentum: 0.75, mode: modes.keepBest });
    image.observe(1.5, false);
    expect(image.control().mode).toBe(modes.plain);
    expect(image.atBest).toBe(false);
  });

  it("keeps its step size where more than three of four steps raise the loss", () => {
    expect(seen(0, 1, 2, 3, 4).control().size).toBe(0.2);
    expect(seen(0, 1, 2, 3, 2).control().size).toBe(0.1);
  });

  it("goes back to its best point where it halves", () => {
    expect(seen(0, 3, 1, 2, 2.5).control()).toMatchObject({ size: 0.1, mode: modes.backToBest });
    // It stands there already.
    expect(seen(0, 1, 0.5, 0.25, 4).control()).toMatchObject({ size: 0.1, mode: modes.keepBest });
  });

  it("halves where the size was kept last time and the best has not become better since", () => {
    const image = seen(0, 1, 2, 3, 4);
    const [raised, stuck] = [structuredLosses(image, 0.5, 1, 2, 3, 3.5), seen(0, 1, 2, 3, 4)];
    expect(raised.control().size).toBe(0.1);
    structuredLosses(stuck, 3, 3.1, 3.2, 3.3, 5);
    expect(stuck.control().size).toBe(0.2);
  });

  it("stays where it is once it is fooled", () => {
    const image = new ApgdImage(0.1, 1);
    image.observe(0.5, false);
    image.stop();
    image.observe(9, true);
    expect(image.control()).toEqual({ size: 0, epsilon: 0.1, momentum: 1, mode: modes.plain });
    expect(image.atBest).toBe(true);
  });
});

/** Lets an image see further losses, the last at a checkpoint. */
function structuredLosses(image: ApgdImage, ...losses: number[]): ApgdImage {
  losses.forEach((loss, i) => image.observe(loss, i === losses.length - 1));
  return image;
}

it("squares shrink with the queries as the paper has them for 10000, and stay within the picture", () => {
  const picture = { height: 32, width: 32 };
  const sides = (queries: number, at: readonly number[]): number[] =>
    at.map((query) => squareSide(query, { queries, initialShare: 0.8 }, picture));
  const area = (share: number): number => Math.round(Math.sqrt(share * 1024));
  expect(sides(10000, [0, 10, 11, 51, 201, 501])).toEqual([0.8, 0.8, 0.4, 0.2, 0.1, 0.05].map(area));
  expect(sides(1000, [1, 2, 6])).toEqual([0.8, 0.4, 0.2].map(area));
  expect(sides(10000, [9999])).toEqual([1]);
  expect(squareSide(0, { queries: 10, initialShare: 1 }, { height: 8, width: 32 })).toBe(8);
});

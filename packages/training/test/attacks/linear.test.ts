import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { afterAll, describe, expect, it } from "vitest";
import { apgd } from "../../src/attacks/apgd.ts";
import { crossEntropy } from "../../src/attacks/scores.ts";
import { square } from "../../src/attacks/square.ts";
import { randomStarts } from "../../src/attacks/starts.ts";
import { Attacker, fgsm, pgd } from "../../src/index.ts";
import { linearTarget, worstPoint } from "./linear-target.ts";

const gpu = await openTestGpu();
const side = 6;
const { target, weights } = linearTarget(gpu, side);
const attacker = new Attacker(target, 4);
afterAll(() => attacker.release());

const draw = random(2, "linear images");
/** Some values lie at the ends of 0..1, where the ball is cut off. */
const images = new Float32Array(4 * side * side * 3).map((_, i) => (i % 9 === 4 ? i % 2 : draw.float()));
const indices = [3, 1, 4, 15];
const epsilon = Math.fround(8 / 255);
const key = { seed: 1, attack: "test", epsilon: 8, restart: 0 };
// Labelled as it is classified: then an attack has something to do.
const logits = await attacker.query(images);
const labels = Int32Array.from({ length: 4 }, (_, row) => Number(logits[2 * row + 1]! > logits[2 * row]!));
const rows = { images, labels, indices };
const optimum = worstPoint(images, labels, weights, epsilon);
const lossesAt = (found: Float32Array): number[] =>
  Array.from(labels, (label, row) => crossEntropy(found.subarray(2 * row, 2 * row + 2), label));
const lossesAtOptimum = lossesAt(await attacker.query(optimum));

/** The images that the worst point does not fool: the others stay where they are fooled. */
const holding = [...labels.keys()].filter((row) => lossesAtOptimum[row]! < Math.LN2);

function expectInside(points: Float32Array): void {
  points.forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(Math.max(Math.fround(images[i]! - epsilon), 0));
    expect(value).toBeLessThanOrEqual(Math.min(Math.fround(images[i]! + epsilon), 1));
  });
}

describe("on a linear model, whose worst point is known", () => {
  it("FGSM reaches it in its one step", async () => {
    const { points, losses } = await fgsm(attacker, rows, epsilon);
    expect(points).toEqual(optimum);
    expect(losses).toHaveLength(2);
    losses[1]!.forEach((loss, row) => expect(loss).toBeCloseTo(lossesAtOptimum[row]!, 5));
  });

  it("PGD reaches it from a random start, and raises the loss with every step", async () => {
    const start = randomStarts(rows, "uniform", epsilon, key);
    expectInside(start);
    const steps = 10;
    const { points, losses } = await pgd(attacker, rows, { epsilon, steps, stepSize: (2.5 * epsilon) / steps, start });
    expect(points).toEqual(optimum);
    expect(losses).toHaveLength(steps + 1);
    for (let step = 1; step <= steps; step++)
      losses[step]!.forEach((loss, row) => expect(loss).toBeGreaterThanOrEqual(losses[step - 1]![row]! - 1e-6));
    losses[0]!.forEach((loss, row) => expect(losses[steps]![row]).toBeGreaterThan(loss));
  });

  it("PGD that may not reach it stays short of it by what its steps lack", async () => {
    const { points } = await pgd(attacker, rows, { epsilon, steps: 3, stepSize: epsilon / 4 });
    const furthest = points.reduce((most, value, i) => Math.max(most, Math.abs(value - images[i]!)), 0);
    expect(furthest).toBeCloseTo((3 * epsilon) / 4, 6);
  });

  it("APGD reaches it on the images that it cannot fool", async () => {
    const start = randomStarts(rows, "surface", epsilon, key);
    const { points, logits: found } = await apgd(attacker, rows, { epsilon, steps: 40, start });
    expectInside(points);
    expect(await attacker.query(points)).toEqual(found);
    expect(holding.length).toBeGreaterThan(0);
    for (const row of holding) expect(lossesAt(found)[row]).toBeCloseTo(lossesAtOptimum[row]!, 4);
  });

  it("APGD on two classes' logits, whose ratio has no divisor, reaches it too", async () => {
    const start = randomStarts(rows, "surface", epsilon, key);
    const targets = labels.map((label) => 1 - label);
    const { logits: found } = await apgd(attacker, rows, { epsilon, steps: 40, start, targets });
    for (const row of holding) expect(lossesAt(found)[row]).toBeCloseTo(lossesAtOptimum[row]!, 4);
  });

  it("Square comes near it by asking alone", async () => {
    const options = { epsilon, queries: 400, initialShare: 0.8, key };
    const { points, logits: found } = await square(attacker, rows, options);
    expectInside(points);
    expect(await attacker.query(points)).toEqual(found);
    const clean = lossesAt(logits);
    lossesAt(found).forEach((loss, row) => {
      const reach = Math.min(lossesAtOptimum[row]!, Math.LN2);
      expect(loss - clean[row]!).toBeGreaterThan(0.5 * (reach - clean[row]!));
    });
  });
});

describe("random starts", () => {
  it("are keyed by seed, attack, epsilon, image and restart, and by nothing else", () => {
    const first = randomStarts(rows, "uniform", epsilon, key);
    const turned = { images: images.slice(side * side * 3), indices: indices.slice(1) };
    expect(randomStarts(turned, "uniform", epsilon, key)).toEqual(first.slice(side * side * 3));
    for (const change of [{ seed: 2 }, { attack: "other" }, { epsilon: 4 }, { restart: 1 }])
      expect(randomStarts(rows, "uniform", epsilon, { ...key, ...change })).not.toEqual(first);
    expect(randomStarts({ images, indices: [3, 1, 4, 16] }, "uniform", epsilon, key)).not.toEqual(first);
  });

  it("on the surface move one value of each image by the whole epsilon where 0..1 lets them", () => {
    const grey = new Float32Array(images.length).fill(0.5);
    const starts = randomStarts({ images: grey, indices }, "surface", epsilon, key);
    const furthest = (row: number): number =>
      starts.subarray(row * 108, (row + 1) * 108).reduce((most, value) => Math.max(most, Math.abs(value - 0.5)), 0);
    for (const row of indices.keys()) expect(furthest(row)).toBeCloseTo(epsilon, 7);
  });
});

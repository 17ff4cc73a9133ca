import { openTestGpu } from "@fledge/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { attackImages, Attacker, cleanClasses, targetOf, type Attack } from "../../src/index.ts";
import { tintedImages, trainedNetwork } from "./trained-network.ts";

const gpu = await openTestGpu();
const count = 24;
const images = tintedImages(count, "attacked");
const pixels = 32 * 32 * 3;

let attacker: Attacker;
let right: boolean[];

beforeAll(async () => {
  attacker = new Attacker(targetOf(await trainedNetwork(gpu, 40)), 8);
  const taken = await cleanClasses(attacker, images);
  right = Array.from(images.labels, (label, place) => taken[place] === label);
});

interface Found {
  readonly holds: boolean[];
  readonly points: Map<number, Float32Array>;
}

async function attacked(
  attack: Attack,
  epsilon: number,
  change: { seed?: number; holding?: boolean[] } = {},
): Promise<Found> {
  const points = new Map<number, Float32Array>();
  const holds = await attackImages(attacker, images, {
    attack,
    name: attack.kind,
    epsilon,
    seed: change.seed ?? 1,
    holding: change.holding ?? right,
    onFooled: (place, point) => void points.set(place, point.slice()),
  });
  return { holds, points };
}

const holding = (holds: readonly boolean[]): number => holds.filter(Boolean).length;
const steps = 10;
const pgd: Attack = { kind: "pgd", steps, stepRatio: 2.5, restarts: 1 };
const apgdCe: Attack = { kind: "apgd-ce", steps, restarts: 1 };
const apgdT: Attack = { kind: "apgd-t-dlr", steps, restarts: 1, targets: 2 };
const square: Attack = { kind: "square", queries: 60, restarts: 1, initialShare: 0.8 };

/** Where some images hold out and some do not. */
const epsilons = [1, 2, 4];

const totals = async (attack: Attack): Promise<number> => {
  let total = 0;
  for (const epsilon of epsilons) total += holding((await attacked(attack, epsilon)).holds);
  return total;
};

describe("on a network that has learned", () => {
  it("has something to attack", () => expect(holding(right)).toBeGreaterThan(count / 2));

  it("APGD fools at least as many as PGD in as many steps, PGD as many as FGSM, and none of them all at once", async () => {
    const byFgsm = await totals({ kind: "fgsm" });
    const byPgd = await totals(pgd);
    const byApgd = await totals(apgdCe);
    expect(byFgsm).toBeLessThan(epsilons.length * holding(right));
    expect(byPgd).toBeLessThan(byFgsm);
    expect(byApgd).toBeLessThanOrEqual(byPgd);
    expect(byApgd).toBeGreaterThan(0);
    expect(await totals(apgdT)).toBeLessThan(epsilons.length * holding(right));
  });

  it.each([pgd, apgdCe, apgdT, square])("$kind moves no value by more than epsilon or out of 0..1", async (attack) => {
    const { points, holds } = await attacked(attack, 8);
    expect(points.size).toBe(holding(right) - holding(holds));
    expect(points.size).toBeGreaterThan(0);
    const epsilon = Math.fround(8 / 255);
    for (const [place, point] of points) {
      point.forEach((value, i) => {
        const clean = Math.fround(images.bytes[place * pixels + i]! / 255);
        expect(value >= Math.max(Math.fround(clean - epsilon), 0)).toBe(true);
        expect(value <= Math.min(Math.fround(clean + epsilon), 1)).toBe(true);
      });
    }
  });

  it("Square lowers the accuracy without a gradient", async () => {
    const refused = vi.spyOn(attacker, "ascent").mockRejectedValue(new Error("no gradients here"));
    try {
      expect(holding((await attacked(square, 8)).holds)).toBeLessThan(holding(right));
    } finally {
      refused.mockRestore();
    }
  });

  it("attacks only what still holds, and gives an image the same bits whatever else is attacked", async () => {
    const whole = await attacked(apgdCe, 4);
    const last = [...whole.points.keys()].at(-1)!;
    const alone = await attacked(apgdCe, 4, { holding: right.map((_, place) => place === last) });
    expect([...alone.points.keys()]).toEqual([last]);
    expect(alone.points.get(last)).toEqual(whole.points.get(last));
    expect(holding(alone.holds)).toBe(0);
  });

  it("takes another seed, more steps and more restarts for what they are", async () => {
    const one = await attacked(pgd, 2);
    const other = await attacked(pgd, 2, { seed: 2 });
    expect([...other.points.values()]).not.toEqual([...one.points.values()]);
    const again = await attacked({ ...pgd, restarts: 4 }, 2);
    for (const [place, point] of one.points) expect(again.points.get(place)).toEqual(point);
    expect(holding(again.holds)).toBeLessThanOrEqual(holding(one.holds));
    const progress: number[] = [];
    await attackImages(attacker, images, {
      attack: { ...apgdT, targets: 9 },
      name: "apgd-t-dlr",
      epsilon: 0.1,
      seed: 1,
      holding: right.map((one, place) => one && place < 4),
      progress: (share) => progress.push(share),
    });
    // Of five classes four are wrong: as many rounds, a batch each.
    expect(progress).toEqual([0.25, 0.5, 0.75, 1]);
  });
});

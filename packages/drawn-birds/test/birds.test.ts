import { random } from "@fledge/random";
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { paintBird } from "../src/bird/bird.ts";
import { individual } from "../src/individual.ts";
import { settingsOf } from "../src/options.ts";
import { drawPose } from "../src/pose.ts";
import { layerBox } from "../src/relief.ts";
import { paintScene } from "../src/scene.ts";
import type { Species } from "../src/species/species.ts";
import { speciesTable } from "../src/species/table.ts";

/** Every value of a species by its path, its name left out. */
function fieldMarks(species: Species): Map<string, unknown> {
  const marks = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) marks.set(path, value);
    else for (const [key, entry] of Object.entries(value)) walk(entry, `${path}.${key}`);
  };
  walk({ ...species, name: "" }, "");
  return marks;
}

function differences(a: Species, b: Species): string[] {
  const [marksA, marksB] = [fieldMarks(a), fieldMarks(b)];
  return [...new Set([...marksA.keys(), ...marksB.keys()])].filter((path) => marksA.get(path) !== marksB.get(path));
}

const calm = settingsOf(
  { difficulty: { pose: 0.3, individuals: 0, occlusion: 0, clutter: 0, light: 0, grain: 0, scaleRange: [0.9, 1] } },
  speciesTable.length,
);

describe("the species", () => {
  it("are at least twelve, each named and built of its own", () => {
    expect(speciesTable.length).toBeGreaterThanOrEqual(12);
    expect(new Set(speciesTable.map((species) => species.name)).size).toBe(speciesTable.length);
    for (const { name } of speciesTable) expect(name).toMatch(/^[A-Z][a-z]+(_[a-z]+)*(_[A-Z][a-z]+)$/);
    const pairs = speciesTable.flatMap((a, i) => speciesTable.slice(i + 1).map((b) => differences(a, b).length));
    expect(Math.min(...pairs)).toBeGreaterThan(0);
  });

  it("have at least four pairs of near-twins, told apart by a few field marks and not by their build", () => {
    const twins = speciesTable.flatMap((a, i) =>
      speciesTable.slice(i + 1).filter((b) => {
        const paths = differences(a, b);
        return paths.length <= 6 && !paths.some((path) => path.startsWith(".proportions"));
      }),
    );
    expect(twins.length).toBeGreaterThanOrEqual(4);
  });

  it("vary between individuals in tint and proportions, not at all without jitter", () => {
    const species = speciesTable[0]!;
    expect(individual(species, random(1, "test"), 0)).toEqual(species);
    const one = individual(species, random(1, "test"), 1);
    const other = individual(species, random(2, "test"), 1);
    expect(one.body.back).not.toBe(other.body.back);
    expect(one.proportions.tailLength).not.toBe(other.proportions.tailLength);
    expect(one.beak.form).toBe(species.beak.form);
  });
});

describe("the painter", () => {
  it("shows every species' parts in every kind of pose", () => {
    for (const [index, species] of speciesTable.entries()) {
      const seen = new Set<string>();
      for (let i = 0; i < 40; i += 1) {
        const draw = random(3, "test", index, i);
        const pose = drawPose(draw, species.postureDeg, { ...calm.difficulty, pose: 1 });
        const bird = paintBird(species, pose, draw);
        seen.add(pose.wings);
        expect(bird.sketch.svg).not.toMatch(/NaN|undefined|Infinity/);
        expect(bird.feet === undefined).toBe(pose.wings === "flight");
        expect(Object.keys(bird.parts).length).toBeGreaterThan(10);
      }
      expect([...seen].sort()).toEqual(["flight", "folded", "raised"]);
    }
  });

  it("knows where the eye is: the picture is dark there and lighter around", async () => {
    let checked = 0;
    for (let imageIndex = 0; imageIndex < 12; imageIndex += 1) {
      const key = { seed: 11, year: 2011, speciesIndex: 7, imageIndex };
      const picture = await paintScene(key, speciesTable[7]!, calm); // its white eye ring frames the eye
      const eye = picture.parts["right eye"] ?? picture.parts["left eye"];
      if (eye === undefined) continue;
      const { data } = await sharp(picture.jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
      const reach = Math.round(0.14 * Math.min(picture.box.width, picture.box.height));
      const around: number[] = [];
      for (let dy = -reach; dy <= reach; dy += 1) {
        for (let dx = -reach; dx <= reach; dx += 1) {
          const value = data[(Math.round(eye.y) + dy) * picture.width + Math.round(eye.x) + dx];
          if (value !== undefined) around.push(value);
        }
      }
      const mean = around.reduce((sum, value) => sum + value, 0) / around.length;
      expect(data[Math.round(eye.y) * picture.width + Math.round(eye.x)]!).toBeLessThan(mean - 20);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(6);
  });

  it("draws frame and surroundings without a look at the species", async () => {
    const key = { seed: 5, year: 2010, speciesIndex: 0, imageIndex: 3 };
    const [a, b] = await Promise.all([0, 9].map((index) => paintScene(key, speciesTable[index]!, calm)));
    expect([a!.width, a!.height]).toEqual([b!.width, b!.height]);
    const corners = async (jpeg: Buffer): Promise<number[]> => [
      ...(await sharp(jpeg).extract({ left: 0, top: 0, width: 4, height: 4 }).raw().toBuffer()),
    ];
    const [cornerA, cornerB] = [await corners(a!.jpeg), await corners(b!.jpeg)];
    cornerA.forEach((value, i) => expect(Math.abs(value - cornerB[i]!)).toBeLessThan(12));
  });

  it("takes the box from the painted pixels", () => {
    const data = new Uint8Array(6 * 5 * 4);
    for (const [x, y, alpha] of [
      [2, 1, 255],
      [4, 3, 128],
      [0, 0, 127],
    ] as const)
      data[4 * (y * 6 + x) + 3] = alpha;
    expect(layerBox({ width: 6, height: 5, data })).toEqual({ x: 2, y: 1, width: 3, height: 3 });
    expect(() => layerBox({ width: 6, height: 5, data: new Uint8Array(120) })).toThrow("outside its picture");
  });
});

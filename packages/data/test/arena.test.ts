import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile, modulePath } from "../assembly/build.ts";
import { brightnessTable } from "../src/augment/pillow/enhance.ts";
import { mapValues } from "../src/augment/pillow/point.ts";
import { filledImage, type RgbImage } from "../src/image.ts";
import { inArena } from "../src/simd/arena.ts";

const grey = filledImage(50, 40, [40, 40, 40]);

test("pixels.wasm is what its source compiles to", async () => {
  const differs = Buffer.compare(await compile(), readFileSync(modulePath));
  expect({ differs, mend: "npx tsx packages/data/assembly/build.ts" }).toMatchObject({ differs: 0 });
});

const enhanceBrightness = (image: RgbImage, factor: number): RgbImage => mapValues(image, brightnessTable(factor));

describe("the arena", () => {
  test("gives images away as copies", () => {
    const out = inArena(() => enhanceBrightness(grey, 2));
    expect(out.data.buffer).toBeInstanceOf(ArrayBuffer);
    enhanceBrightness(grey, 0); // writes where the first one lay
    expect(out.data.every((value) => value === 80)).toBe(true);
  });

  test("keeps the images of one work apart, and right when it grows", () => {
    inArena((arena) => {
      const first = enhanceBrightness(grey, 2);
      const size = arena.sizeBytes;
      const second = enhanceBrightness(filledImage(2000, 1500, [9, 9, 9]), 3);
      expect(arena.sizeBytes).toBeGreaterThan(size);
      const third = enhanceBrightness(first, 0.5);
      expect([first.data[0], second.data.at(-1), third.data.at(-1)]).toEqual([80, 27, 40]);
      expect(first.data.every((value) => value === 80)).toBe(true);
    });
  });

  test("is given up after an image that made it large, and used again after another", () => {
    const arenaAfter = (side: number) => {
      const used = inArena((arena) => {
        enhanceBrightness(filledImage(side, side, [9, 9, 9]), 3);
        return arena;
      });
      return [used, inArena((arena) => arena)];
    };
    const [small, next] = arenaAfter(100);
    expect(next === small).toBe(true);
    const [large, other] = arenaAfter(4000);
    expect(other === large).toBe(false);
    expect(other!.sizeBytes).toBeLessThan(2 ** 24);
  });

  test("is free again after an error", () => {
    const addresses = [0, 1].map(() => {
      let address = 0;
      const work = (): never =>
        inArena((arena) => {
          address = arena.take(10);
          throw new Error("no");
        });
      expect(work).toThrow("no");
      return address;
    });
    expect(addresses[0]).toBe(addresses[1]);
  });
});

import { choiceText, whyUnsupported, type Constants } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { openTestGpu } from "./gpu.ts";
import { ladderTask, tryRung, type LadderTests } from "./ladder-trial.ts";

interface TileTests<Shape> extends LadderTests<Shape> {
  /** Which tiles of the last rung are tested, of those that the adapter can run: each is a module to compile. */
  readonly pick: (able: readonly Constants[]) => readonly Constants[];
}

/** Tests tiles of a kernel's rungs against the float64 reference: of the last rung that has some many, of the others one. */
export function tileTests<Shape>({ pick, ...ladder }: TileTests<Shape>): void {
  const { kernel, cases } = ladder;
  describe(`tiles of ${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const tasks = Object.entries(cases).map(([name, shape]) => ladderTask(ladder, name, shape));
    const { shape } = tasks[0]!;
    const tiled = kernel.rungs.flatMap((rung) => {
      if (!rung.tiles || whyUnsupported(rung, shape, gpu.traits) !== null) return [];
      const able = rung.tiles(shape, gpu.traits).filter((tile) => !whyUnsupported(rung, shape, gpu.traits, tile));
      if (able.length === 0) throw new Error(`no tile of ${rung.id} can run here`);
      return [{ rung, able }];
    });
    for (const { rung, able } of tiled) {
      for (const tile of rung === tiled.at(-1)!.rung ? pick(able) : [able.at(-1)!]) {
        it(`${choiceText({ rung: rung.id, tile })}`, async () => {
          for (const task of tasks) {
            const trial = await tryRung(gpu, kernel, rung, task, tile);
            expect(trial.outcome === "sound" ? null : trial.reason).toBeNull();
          }
        });
      }
    }
  });
}

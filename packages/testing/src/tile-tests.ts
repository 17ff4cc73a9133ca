import { checkRung, KernelTensors, type Task } from "@fledge/kernel-lab";
import { random } from "@fledge/random";
import { choiceText, whyUnsupported, type Constants } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { openTestGpu } from "./gpu.ts";
import type { LadderTests } from "./ladder-tests.ts";

interface TileTests<Shape> extends LadderTests<Shape> {
  /** Which tiles of the last rung are tested, of those that the adapter can run: each is a module to compile. */
  readonly pick: (able: readonly Constants[]) => readonly Constants[];
}

/** Tests tiles of a kernel's rungs against the float64 reference: of the last rung that has some many, of the others one. */
export function tileTests<Shape>({ kernel, cases, inputs, reference, tolerance, pick }: TileTests<Shape>): void {
  describe(`tiles of ${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const tasks = Object.entries(cases).map(([name, shape]): Task<Shape> => {
      const draw = random(1, `tiles ${kernel.name} ${name}`);
      const given = inputs(shape, () => 2 * draw.float() - 1);
      const expected = reference(shape, given);
      return { shape, inputs: given, expected, tolerances: tolerance(shape, given, expected) };
    });
    const tiled = kernel.rungs.filter(({ tiles }) => tiles);
    for (const rung of tiled) {
      const { shape } = tasks[0]!;
      const able = rung.tiles!(shape, gpu.traits).filter((tile) => !whyUnsupported(rung, shape, gpu.traits, tile));
      for (const tile of rung === tiled.at(-1) ? pick(able) : [able.at(-1)!]) {
        it(choiceText({ rung: rung.id, tile }), async () => {
          for (const task of tasks) {
            const spec = { kernel: kernel.name, tensors: kernel.tensors(task.shape) };
            const tensors = new KernelTensors(gpu, spec, task.inputs);
            try {
              const trial = await checkRung(gpu, kernel, rung, task, tensors, tile);
              expect(trial.outcome === "sound" ? null : trial.reason).toBeNull();
            } finally {
              tensors.free();
            }
          }
        });
      }
    }
  });
}

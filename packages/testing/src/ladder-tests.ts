import type { Task } from "@fledge/kernel-lab";
import { planKernel, planNoop, whyUnsupported, type KernelPlan, type Rung } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { openTestGpu } from "./gpu.ts";
import { floorTask, ladderTask, tryRung, type LadderTests } from "./ladder-trial.ts";

/**
 * Tests every rung of a kernel on every shape against the float64 reference; a rung that cannot run one says why.
 * The kernel's dispatch floor must run on the same shapes and leave its outputs as they are.
 */
export function ladderTests<Shape>(ladder: LadderTests<Shape>): void {
  const { kernel } = ladder;
  describe(`${kernel.name}`, async () => {
    const gpu = await openTestGpu();
    const plan = (rung: Rung<Shape>, shape: Shape): KernelPlan | null =>
      rung === kernel.noop
        ? planNoop(kernel, shape, gpu.traits)
        : planKernel(kernel, shape, { device: gpu.traits, rung: rung.id });
    // The reference takes longer than most rungs: it answers once for them all.
    const tasks = new Map<string, Task<Shape>>();
    const taskOf = (name: string, shape: Shape): Task<Shape> => {
      const task = tasks.get(name) ?? ladderTask(ladder, name, shape);
      tasks.set(name, task);
      return task;
    };
    const check = async (rung: Rung<Shape>, name: string, shape: Shape): Promise<void> => {
      const task = rung === kernel.noop ? floorTask(ladder, name, shape) : taskOf(name, shape);
      const trial = await tryRung(gpu, kernel, rung, task);
      expect(trial.outcome === "sound" ? null : trial.reason).toBeNull();
    };

    for (const rung of [...(kernel.noop ? [kernel.noop] : []), ...kernel.rungs]) {
      for (const [name, shape] of Object.entries(ladder.cases)) {
        const reason = whyUnsupported(rung, shape, gpu.traits);
        const title = rung === kernel.noop ? `${rung.id} writes nothing on ${name}` : `${rung.id} on ${name}`;
        if (reason === null) it(title, () => check(rung, name, shape));
        else it(`${rung.id} refuses ${name}: ${reason}`, () => expect(() => plan(rung, shape)).toThrow(reason));
      }
    }
  });
}

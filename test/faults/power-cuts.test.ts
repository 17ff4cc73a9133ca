// Real runs, on a device: the power cut at every call of the file system.
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { figure, seed, seeded, tried } from "./effort.ts";
import { expectSame, reproduceOn } from "./fledge-on.ts";
import { newFolder } from "./real-runs.ts";
import { layOut, losses, recordingFileSystem, type Operation } from "./recorded-disk.ts";

it("the power cut: the run comes to the same bits", { timeout: 24 * 3_600_000 }, async () => {
  const operations: Operation[] = [];
  const whole = newFolder();
  const { code, output } = await reproduceOn(recordingFileSystem(operations), whole);
  expect(code, output).toBe(0);
  const sound = await outcomeOf(whole);
  const all = operations.flatMap((_, index) => losses.map((loss) => [index + 1, loss] as const));
  const cases = tried(all, 2, 200, seeded(seed, 4));
  for (const [index, [count, loss]] of cases.entries()) {
    const target = newFolder();
    layOut(operations.slice(0, count), whole, target, loss, seeded(seed, count, losses.indexOf(loss)));
    await expectSame(target, sound, `${loss}, after ${count} of ${operations.length} operations`);
    if (index % 20 === 19 || index + 1 === cases.length)
      figure(
        `seed ${seed}: ${index + 1} of ${all.length} power cuts of a recorded real run: all went on to the same bits`,
      );
  }
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { snapshotOf } from "../src/watch/snapshot.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();

it("ends a training whose loss is no number, naming the learning rate, and saves nothing of that epoch", async () => {
  const birds = await drawBirds(join(folder, "birds"));
  const runFolder = join(folder, "run");
  const { code, output } = await run(
    "train",
    "teacher",
    ...birds,
    ...small,
    "--set",
    "training.learningRate=1e30",
    "--run",
    runFolder,
  );
  expect(code).toBe(1);
  expect(output).toMatch(
    /the loss is (NaN|Infinity) in epoch 1, step \d, at a learning rate of 1e\+30; begin again with a lower training.learningRate/,
  );
  expect(output).not.toMatch(/^\s+at .*[:(]/m);
  expect(existsSync(join(runFolder, "teacher"))).toBe(false);
  expect(await snapshotOf(runFolder)).toMatchObject({
    state: "failed",
    about: expect.stringMatching(
      `the loss is .*; "npx fledge train teacher --run ${runFolder} --resume --no-tune" tries it again`,
    ),
  });

  // A command that cannot be done yet says nothing of the run.
  const early = await run("train", "student", "--run", runFolder);
  expect(early).toMatchObject({ code: 1, output: expect.stringContaining("teacher") });
  expect((await snapshotOf(runFolder)).state).toBe("stopped");
});

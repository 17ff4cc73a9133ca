import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { runUntil } from "./interrupt.ts";
import { epochsOf, outcomeOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const joint = [
  "student.objective=joint",
  "student.unlabelledPerLabelled=2",
  "student.noiseOnUnlabelled=true",
  "pseudoLabels.targets=soft",
  "pseudoLabels.temperature=0.5",
  "pseudoLabels.threshold=0.4",
  "pseudoLabels.made=epoch",
];

// `everything-on.test.ts` does the same with labels made for a generation.
it("a joint training on labels made for each epoch comes to the same bits, killed and taken up", async () => {
  const [cut, whole] = [join(folder, "cut"), join(folder, "whole")];
  const keys = joint.flatMap((key) => ["--set", key]);
  const settings = [...birds, ...small, "--epochs", "1,2,2", ...keys];
  const first = { file: join(cut, "student", "last.safetensors"), signal: "SIGKILL" } as const;
  const killed = await runUntil(first, ...settings, "--run", cut);
  expect(killed.signal, killed.output).toBe("SIGKILL");
  expect((await epochsOf(cut, "student").catch(() => [])).length).toBeLessThan(4);

  const resumed = await run("reproduce", "--resume", "--run", cut);
  expect(resumed.code, resumed.output).toBe(0);
  expect(resumed.output).toMatch(/student: training goes on after epoch [123], 4 epochs in all/);
  // On other loader threads, too.
  expect((await run("reproduce", ...settings, "--workers", "2", "--run", whole)).code).toBe(0);
  expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole));
  expect((await epochsOf(whole, "student"))[0]!.keptShare).toBeGreaterThan(0);
});

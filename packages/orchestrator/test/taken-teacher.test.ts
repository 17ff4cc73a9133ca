import { existsSync } from "node:fs";
import { copyFile, cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { resolveConfig } from "../src/config/resolve.ts";
import { teacherKey } from "../src/run/teacher-settings.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";

const folder = await temporaryFolder();
const teacher = join(folder, "teacher");
// Other weights label than are evaluated: both are the teacher.
const settings = [...small, "--set", "training.ema.use=teacher", "--epochs", "2,1,1"];
let birds: string[];

beforeAll(async () => {
  birds = await drawBirds(join(folder, "birds"));
  await run("train", "teacher", ...birds, ...settings, "--run", teacher);
});

it("a run with another's teacher comes to the same bits as one that trained its own", async () => {
  const [own, taken] = [join(folder, "own"), join(folder, "taken")];
  expect((await run("reproduce", ...birds, ...settings, "--run", own)).code).toBe(0);
  const outcome = await run("reproduce", ...birds, ...settings, "--run", taken, "--teacher-from", teacher);
  expect(outcome.code, outcome.output).toBe(0);
  expect(outcome.output.replaceAll(/\s+/g, " ")).toContain(`teacher taken from the run in ${teacher}`);
  expect(outcome.output).toContain("teacher: training is complete already");
  expect(await outcomeOf(taken)).toEqual(await outcomeOf(own));
});

it("students may differ from those of the run that lends its teacher", async () => {
  const other = [...settings.slice(0, -1), "2,1,2", "--set", "randAugment.probability=0.2"];
  const outcome = await run(
    "reproduce",
    ...birds,
    ...other,
    "--run",
    join(folder, "others"),
    "--teacher-from",
    teacher,
  );
  expect(outcome.code, outcome.output).toBe(0);
});

it("a teacher of other settings, of other images or not finished is refused, and says why", async () => {
  const refusal = async (name: string, data: string[], more: string[], from = teacher): Promise<string> => {
    const { code, output } = await run(
      "reproduce",
      ...data,
      ...settings,
      ...more,
      "--run",
      join(folder, name),
      "--teacher-from",
      from,
    );
    expect(code).toBe(1);
    expect(existsSync(join(folder, name)), "nothing is written").toBe(false);
    return output.replaceAll(/\s+/g, " ");
  };
  expect(await refusal("seed", birds, ["--seed", "7"])).toContain("was trained by other seed");
  expect(await refusal("nowhere", birds, [], join(folder, "no-run"))).toContain("holds no run");
  const cut = join(folder, "cut");
  await cp(teacher, cut, { recursive: true });
  for (const name of ["last", "previous"]) await rm(join(cut, "teacher", `${name}.safetensors`));
  expect(await refusal("unfinished", birds, [], cut)).toContain("cut has no finished teacher");
  await cp(join(folder, "birds"), join(folder, "changed"), { recursive: true });
  const changed = birds.map((word) => word.replace(join(folder, "birds"), join(folder, "changed")));
  const images = join(folder, "changed", "CUB_200_2010", "images");
  const [species] = await readdir(images);
  const [image, another] = await readdir(join(images, species!));
  await copyFile(join(images, species!, another!), join(images, species!, image!));
  expect(await refusal("images", changed, [])).toContain("on other images");
});

it("the key of a teacher's settings follows what teachers are trained by, and nothing else", () => {
  const demo = presets["demo"]!;
  const withSet = (overrides: Record<string, unknown>): string => teacherKey(resolveConfig("demo", [overrides]));
  const key = teacherKey(demo);
  expect(withSet({ epochs: { labelled: 5 } })).toBe(key);
  expect(withSet({ pseudoLabels: { heldOut: 0.1 } })).toBe(key);
  expect(withSet({ evaluation: { repeats: 2 } })).toBe(key);
  expect(withSet({ epochs: { teacher: 5 } })).not.toBe(key);
  expect(withSet({ training: { momentum: 0.5 } })).not.toBe(key);
  expect(withSet({ seed: 5 })).not.toBe(key);
  expect(withSet({ pseudoLabels: { from: "own-split" } })).not.toBe(key);
});

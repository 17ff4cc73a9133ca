import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { StudyCost } from "../../src/study/study-cost.ts";
import { drawBirds, small } from "../birds.ts";
import { run } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const [, labelled, , unlabelled] = birds as [string, string, string, string];
const studied = join(folder, "studied");

/** A study of the variants that are given, on 48 labelled and 36 unlabelled images. */
async function fileOf(name: string, variants: readonly string[], data = labelled): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  const settings = small.flatMap((flag, index) =>
    small[index - 1] === "--set" ? [`  ${flag.replace("=", ": ")}`] : [],
  );
  const text = [
    `name: ${name}`,
    "about: What does it cost?",
    "preset: demo",
    "seeds: [1, 2]",
    "baseline: paper",
    "set:",
    `  data.labelled: ${data}`,
    `  data.unlabelled: ${unlabelled}`,
    "  training.batchSize: 8",
    "  loader.workers: 0",
    "  epochs: { teacher: 1, pseudoLabelled: 1, labelled: 1 }",
    ...settings,
    "variants:",
    "  paper: {}",
    ...variants.map((variant) => `  ${variant}`),
  ];
  await writeFile(file, `${text.join("\n")}\n`);
  return file;
}

type Plan = StudyCost & { readonly adapter: string | null };

async function planOf(file: string, ...flags: string[]): Promise<Plan> {
  const { code, output } = await run("study", "plan", file, "--study", studied, "--no-tune", "--json", ...flags);
  expect(code, output).toBe(0);
  return JSON.parse(output.slice(output.indexOf("{"))) as Plan;
}

// 35 training and 36 unlabelled images in eights: 5 steps an epoch.
const [teacher, students, yardstick] = [5, 2 * (5 + 5), 5 + 5];

it("counts every node, and a shared teacher once", async () => {
  const file = await fileOf("counted", ["yardstick: { method: supervised-noise }", "gentle: { randAugment.n: 1 }"]);
  const plan = await planOf(file, "--no-measure");
  const steps = 2 * (teacher + 2 * students + yardstick);
  expect(plan.steps).toEqual({ whole: steps, left: steps });
  expect([plan.adapter, plan.secondsLeft, plan.measuredPrograms]).toEqual([null, null, 0]);
  const { output } = await run("study", "plan", file, "--no-measure");
  expect(output).toMatch(/\| node .* \| steps \| FLOP .* \| disk .* \| settings/);
  expect(output).toContain("6 runs, 2 teachers that they share");
  expect(output).toMatch(new RegExp(`^steps +${steps}$`, "m"));
  expect(await readdir(folder)).not.toContain("studied");
});

it("measures programs once that variants and seeds share, and adds their time up", async () => {
  const one = await planOf(await fileOf("one", []));
  const two = await planOf(await fileOf("two", ["gentle: { randAugment.n: 1 }"]));
  expect(one.secondsLeft).toBeGreaterThan(0);
  expect(two.measuredPrograms).toBe(one.measuredPrograms);
  const joint = await planOf(await fileOf("joint", ["joint: { student.objective: joint }"]));
  expect(joint.measuredPrograms).toBe(one.measuredPrograms + 1);
});

it("counts as left what no node has done", async () => {
  const file = await fileOf("begun", []);
  const before = await planOf(file, "--no-measure");
  const { id } = before.nodes.find((node) => node.id.startsWith("teachers/"))!;
  await mkdir(join(studied, "teachers"), { recursive: true });
  const where = ["--epochs", "1,1,1", "--seed", "1", "--run", join(studied, id)];
  const trained = await run("train", "teacher", ...birds, ...small, ...where);
  expect(trained.code, trained.output).toBe(0);
  const after = await planOf(file, "--no-measure");
  expect(after.steps).toEqual({ whole: before.steps.whole, left: before.steps.whole - teacher });
  expect(after.nodes.find((node) => node.id === id)!.cost.flops.left).toBe(0);
});

it("prints the graph alone where images are missing, and says what is", async () => {
  const file = await fileOf("missing", [], join(folder, "nowhere"));
  const { code, output } = await run("study", "plan", file);
  expect(code).toBe(0);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(/there is no folder .*nowhere.*this is the graph alone/);
  expect(output).toContain("2 runs, 2 teachers that they share");
});

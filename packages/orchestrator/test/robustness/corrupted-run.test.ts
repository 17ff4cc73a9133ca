import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RobustnessFile, RobustnessRecord } from "../../src/robustness/records.ts";
import { drawBirds, small } from "../birds.ts";
import { run } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";

const folder = await temporaryFolder();
const here = join(folder, "run");
const file = join(here, "robustness.json");
const cases = ["corruptions/pixelate", "corruptions/fog/3", "perturbations/translate"];

const succeed = async (...args: string[]): Promise<void> => {
  const { code, output } = await run(...args, "--run", here);
  expect(code, output).toBe(0);
};
const measure = (...flags: string[]): Promise<void> =>
  succeed("robustness", ...cases.flatMap((one) => ["--only", one]), ...flags);
const read = async (): Promise<RobustnessRecord[]> =>
  (JSON.parse(await readFile(file, "utf8")) as RobustnessFile).records;
const measured = async () => (await read()).map((record) => ({ ...record, seconds: 0 }));
const lossOf = (records: readonly Pick<RobustnessRecord, "case" | "values">[], name: string): number =>
  records.find((record) => record.case === name)!.values["loss"]!;

beforeAll(async () => {
  const birds = await drawBirds(join(folder, "birds"));
  await succeed("train", "teacher", ...birds, ...small, "--epochs", "2,1,1");
  await measure();
});

describe("a run measured on corruptions and sequences", () => {
  it("keeps every case, and shows them in its report", async () => {
    const records = await read();
    expect(records.map((record) => `${record.model} ${record.family}/${record.case}`)).toEqual([
      "teacher corruptions/fog/3",
      ...[1, 2, 3, 4, 5].map((severity) => `teacher corruptions/pixelate/${severity}`),
      "teacher perturbations/translate",
    ]);
    const flips = records.at(-1)!;
    expect(flips.lists!["accuracyByFrame"]).toHaveLength(41);
    expect(flips.lists!["flipsByImage"]).toHaveLength(flips.images);
    const page = await readFile(join(here, "report", "index.html"), "utf8");
    expect(page).toContain("<h2>Errors on corrupted images: Teacher</h2>");
    expect(page).toMatch(/data:image\/png;base64[^>]*><span[^>]*>fog\/<wbr>3: /);
    const report = (name: string): Promise<string> => readFile(join(here, "report", name), "utf8");
    expect(await report("robustness-corruptions.md")).toMatch(/\| pixelate +\| +\d/);
    expect(await report("robustness-perturbations.md")).toMatch(/\| translate +\| \d+\.\d %/);
  });

  it("goes on after an interruption to the same numbers", async () => {
    const records = await measured();
    const [head, first, second] = (await readFile(file, "utf8")).split("\n") as [string, string, string];
    await writeFile(file, `${head}\n${first}\n${second.replace(/,$/, "")}\n]}\n`);
    expect(await measured()).toEqual(records.slice(0, 2));
    await measure();
    expect(await measured()).toEqual(records);
  });

  it("sees another fog with another seed, and another image without the JPEG", async () => {
    const before = await measured();
    await measure("--set", "robustness.seed=7");
    const reseeded = await measured();
    expect(lossOf(reseeded, "fog/3")).not.toBeCloseTo(lossOf(before, "fog/3"), 5);
    // Which draws nothing. Images come in another order, so that rungs may round in another way.
    expect(lossOf(reseeded, "pixelate/2")).toBeCloseTo(lossOf(before, "pixelate/2"), 5);
    await measure("--set", "robustness.corruptions.savedAsJpeg=null");
    expect(lossOf(await measured(), "pixelate/2")).not.toBeCloseTo(lossOf(before, "pixelate/2"), 5);
  });
});

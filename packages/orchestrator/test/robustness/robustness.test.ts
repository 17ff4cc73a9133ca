import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RobustnessFile, RobustnessRecord } from "../../src/robustness/records.ts";
import { drawBirds, small } from "../birds.ts";
import { run, type Outcome } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";
import { resultsOf } from "../run-files.ts";

const folder = await temporaryFolder();
const whole = join(folder, "whole");
const command = join(import.meta.dirname, "..", "..", "bin", "fledge.mjs");
const models = ["teacher", "noisy-student"];
const both = ["--models", models.join(",")];
const only = ["clean", "randaugment", "attacks", "calibration"].flatMap((name) => ["--only", name]);
const settings = [
  "attacks.epsilons=[1,8]",
  "attacks.images=8",
  "attacks.pgd.steps=[3]",
  "attacks.apgd.steps=5",
  "attacks.square.queries=8",
  "calibration.bins=5",
].flatMap((assignment) => ["--set", `robustness.${assignment}`]);

const fileOf = async (at: string): Promise<RobustnessFile> =>
  JSON.parse(await readFile(join(at, "robustness.json"), "utf8")) as RobustnessFile;

/** What must not differ between two measurements of the same models. */
const outcomeOf = async (at: string, model?: string): Promise<unknown> => {
  const { records, ...head } = await fileOf(at);
  const own = records.filter((record) => model === undefined || record.model === model);
  return { ...head, records: own.map((record) => ({ ...record, seconds: 0 })) };
};

const measure = (at: string, ...args: string[]): Promise<Outcome> =>
  run("robustness", "--run", at, ...settings, ...args);

/** A copy of the trained run, without what was measured of it. */
async function copied(name: string, measured = false): Promise<string> {
  const to = join(folder, name);
  await cp(whole, to, { recursive: true });
  if (!measured) await rm(join(to, "robustness.json"), { force: true });
  return to;
}

let outcome: Outcome;
let records: readonly RobustnessRecord[];
const recordOf = (model: string, family: string, name: string): RobustnessRecord =>
  records.find((record) => record.model === model && record.family === family && record.case === name)!;

beforeAll(async () => {
  const birds = await drawBirds(join(folder, "birds"));
  await run("reproduce", ...birds, ...small, "--epochs", "4,2,2", "--run", whole);
  outcome = await measure(whole, ...only, ...both);
  ({ records } = await fileOf(whole));
});

describe("fledge robustness", () => {
  it("measures every case of every model, with what it takes and how long is left", () => {
    expect(outcome.code, outcome.output).toBe(0);
    expect(outcome.output).toContain("**Table 4: robustness by family**");
    const cases = [
      "clean/center",
      "randaugment/paper",
      ...["fgsm", "pgd3", "apgd-ce", "apgd-t-dlr", "square"].flatMap((name) => [
        `attacks/${name}/1`,
        `attacks/${name}/8`,
      ]),
      "calibration/clean",
    ];
    expect(records.map(({ model, family, case: name }) => `${model} ${family}/${name}`)).toEqual(
      models.flatMap((model) => cases.map((name) => `${model} ${name}`)),
    );
    expect(outcome.output).toMatch(/teacher, clean\/center: accuracy \d+\.\d %; 1 of 26 cases, .* left/);
    expect(outcome.output).toMatch(/noisy-student, calibration\/clean: .*; 26 of 26 cases, 0 s left/);
  });

  it("looks at all test images, and attacks as many as it is told to", async () => {
    expect((await fileOf(whole)).images).toEqual({ taken: 9, of: 9 });
    for (const { family, images } of records) expect(images).toBe(family === "attacks" ? 8 : 9);
  });

  it("shares table 3 with the evaluations of the run", async () => {
    const { evaluations } = await resultsOf(whole);
    for (const model of models) {
      const { mean, deviation } = evaluations.find((one) => one.model === model && one.task === "robustness")!;
      expect(recordOf(model, "randaugment", "paper").values).toEqual({ accuracy: mean, deviation });
    }
  });

  it("counts an image under attack as right only where it is right without, and where no smaller epsilon fools it", () => {
    for (const model of models) {
      const clean = recordOf(model, "clean", "center").correct!;
      expect(recordOf(model, "calibration", "clean").correct).toBe(clean);
      for (const series of ["fgsm", "pgd3", "apgd-ce", "apgd-t-dlr", "square"]) {
        const [smaller, larger] = [1, 8].map((epsilon) => recordOf(model, "attacks", `${series}/${epsilon}`));
        for (const [bits, outer] of [
          [smaller!.correct!, clean],
          [larger!.correct!, smaller!.correct!],
        ] as const) {
          expect(bits).toHaveLength(8);
          Array.from(bits).forEach((bit, place) => expect(bit <= outer[place]!).toBe(true));
        }
        expect(larger!.values["accuracy"]).toBe(Array.from(larger!.correct!).filter((bit) => bit === "1").length / 8);
      }
    }
    const attacked = records.filter(({ family }) => family === "attacks");
    expect(
      attacked.some(({ shown }) =>
        shown?.some(({ original, difference }) => [original, difference].every((one) => existsSync(join(whole, one!)))),
      ),
    ).toBe(true);
  });

  it("keeps calibration in as many bins as it is told, and each class's accuracy", () => {
    for (const model of models) {
      const { values, lists } = recordOf(model, "calibration", "clean");
      expect(values["accuracy"]).toBeCloseTo(recordOf(model, "clean", "center").values["accuracy"]!, 12);
      expect(values["top5"]).toBe(1); // There are three classes.
      expect(lists!["binCount"]).toHaveLength(5);
      expect(lists!["binCount"]!.reduce((sum, count) => sum + count, 0)).toBe(9);
      expect(lists!["support"]!.reduce((sum, count) => sum + count, 0)).toBe(9);
    }
  });

  it("writes table 4, curves, diagrams, pictures and CSV files into the report", async () => {
    const page = await readFile(join(whole, "report", "index.html"), "utf8");
    expect(page).toContain("Table 4: robustness by family");
    expect(page).toContain("accuracy at 8/255, worst of all attacks");
    expect(page).toContain("Reliability diagrams");
    expect(page).toMatch(/under (fgsm|pgd3|apgd-ce|apgd-t-dlr)/);
    expect(page).toContain(await readFile(join(whole, "report", "robustness-attacks.svg"), "utf8"));
    for (const model of models) {
      for (const chart of [`robustness-attacks-${model}`, `reliability-${model}`])
        expect(page).toContain(await readFile(join(whole, "report", `${chart}.svg`), "utf8"));
    }
    const rows = (await readFile(join(whole, "report", "robustness.csv"), "utf8")).trimEnd().split("\n");
    const values = records.reduce((sum, record) => sum + Object.keys(record.values).length, 0);
    expect(rows).toHaveLength(1 + values);
    expect(await readFile(join(whole, "report", "robustness-classes.csv"), "utf8")).toMatch(
      /^model,class,images,accuracy\n/,
    );
    expect(await readFile(join(whole, "report", "table-4.md"), "utf8")).toContain("Noisy Student");
  });
});

describe("what is measured", () => {
  it("is not measured again", async () => {
    const before = await readFile(join(whole, "robustness.json"), "utf8");
    const { code, output } = await measure(whole, ...only, ...both);
    expect(code, output).toBe(0);
    expect(output).toContain("26 of 26 cases were measured already");
    expect(await readFile(join(whole, "robustness.json"), "utf8")).toBe(before);
  });

  it("comes to the same bits where the command was killed", async () => {
    const cut = await copied("cut");
    const asked = [...only, "--models", "teacher"];
    const args = ["robustness", "--run", cut, ...settings, ...asked];
    const child = spawn(process.execPath, [command, ...args], { stdio: "ignore" });
    const enough = async (): Promise<boolean> =>
      existsSync(join(cut, "robustness.json")) && (await fileOf(cut)).records.length >= 5;
    while (!(await enough()) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    expect((await fileOf(cut)).records.length).toBeLessThan(13);
    const { code, output } = await measure(cut, ...asked);
    expect(code, output).toBe(0);
    expect(output).toMatch(/\d+ of 13 cases were measured already/);
    expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole, "teacher"));
  });

  it("is measured again of other weights, and where it begins from what is measured again", async () => {
    const retrained = await copied("retrained", true);
    const file = join(retrained, "robustness.json");
    const before = await fileOf(retrained);
    const wrong = before.records.map((record) =>
      record.model === "teacher" && record.case === "fgsm/1"
        ? { ...record, checksum: "other", correct: "00000000", values: { accuracy: 0 } }
        : record,
    );
    await writeFile(file, JSON.stringify({ ...before, records: wrong }));
    const { output } = await measure(retrained, "--only", "attacks/fgsm", "--models", "teacher");
    expect(output).toMatch(/attacks\/fgsm\/1: .*1 of 2 cases[^]*attacks\/fgsm\/8: .*2 of 2 cases/);
    expect(await outcomeOf(retrained)).toEqual(await outcomeOf(whole));
  });

  it("is measured again under another seed or setting", async () => {
    const other = await copied("other", true);
    const { output } = await measure(
      other,
      "--only",
      "attacks/pgd3/1",
      "--models",
      "teacher",
      "--set",
      "robustness.seed=7",
    );
    expect(output).toMatch(/attacks\/pgd3\/1: .*1 of 1 cases/);
    const again = await measure(
      other,
      "--only",
      "attacks/square/1",
      "--models",
      "teacher",
      "--set",
      "robustness.attacks.square.queries=3",
    );
    expect(again.output).toMatch(/attacks\/square\/1: .*1 of 1 cases/);
  });
});

describe("what is asked for", () => {
  it("may be fewer images, of which the report tells, and a file of weights in place of the run's models", async () => {
    const few = await copied("few");
    const weights = join(few, "noisy-student", "best.safetensors");
    const { code, output } = await measure(
      few,
      "--only",
      "clean",
      "--limit-images",
      "4",
      "--weights",
      weights,
      "--reference",
      "student",
    );
    expect(code, output).toBe(0);
    expect(output).toContain("looking at 4 of the 9 test images");
    const file = await fileOf(few);
    expect(file).toMatchObject({ images: { taken: 4, of: 9 }, reference: "student", settings: { images: 4 } });
    expect(file.records).toHaveLength(1);
    const [record] = file.records;
    expect(record).toMatchObject({ model: "noisy-student-best.safetensors", images: 4 });
    expect(record!.checksum).toBe(recordOf("noisy-student", "clean", "center").checksum);
    // The first four of the order in which all were looked at.
    expect(record!.correct).toBe(recordOf("noisy-student", "clean", "center").correct!.slice(0, 4));
    expect(await readFile(join(few, "report", "index.html"), "utf8")).toContain(
      "Of the 9 test images 4 were looked at",
    );
  });

  it("is refused where it is none", async () => {
    const refusals: [RegExp, ...string[]][] = [
      [/--only nothing: there is no such family or case; there is clean/, "--only", "nothing"],
      [/"nobody" is no model; there is teacher, labelling-teacher, student/, "--models", "nobody"],
      [/is no setting of robustness/, "--set", "training.batchSize=4"],
      [/robustness.attacks.epsilons: .*will not do/, "--set", "robustness.attacks.epsilons=0"],
      [/--reference nobody: there is no such model; there is teacher, student/, "--reference", "nobody"],
      [/there is no file .*nowhere/, "--weights", join(folder, "nowhere")],
    ];
    for (const [message, ...args] of refusals) {
      const { code, output } = await measure(whole, ...args);
      expect(code).toBe(1);
      expect(output).toMatch(message);
    }
  });

  it("names a damaged file and the mend", async () => {
    const damaged = await copied("damaged", true);
    await writeFile(join(damaged, "robustness.json"), '{"records": [');
    const { code, output } = await measure(damaged, "--only", "clean");
    expect(code).toBe(1);
    expect(output).toMatch(/robustness\.json is no JSON: restore it, or remove it to measure the models again/);
  });
});

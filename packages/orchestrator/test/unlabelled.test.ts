import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readPins } from "../src/run/pins.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = join(folder, "birds");
const labelled = ["--labelled", join(birds, "CUB_200_2010")];
const flat = join(folder, "photos");
const settings = [...small, "--epochs", "1,1,1"];

beforeAll(async () => {
  await drawBirds(birds);
  const images = join(birds, "CUB_200_2011", "images");
  await mkdir(join(flat, "later"), { recursive: true });
  for (const [index, species] of (await readdir(images)).entries())
    for (const file of await readdir(join(images, species)))
      await copyFile(join(images, species, file), join(flat, index === 0 ? "later" : "", file));
});

describe("images as people have them", () => {
  it("train a teacher without unlabelled ones, which a student's training is told later, without their classes", async () => {
    const path = join(folder, "run");
    const teacher = await run("train", "teacher", ...labelled, ...settings, "--run", path);
    expect(teacher.code, teacher.output).toBe(0);
    expect(teacher.output).toMatch(/no unlabelled images: the teacher learns from none/);
    const begun = await RunDirectory.open(path);
    expect([begun.config.data.unlabelled, (await readPins(begun))!.unlabelled]).toEqual([null, null]);
    expect((await run("evaluate", "--run", path)).code).toBe(0);
    for (const stage of [["train", "student"], ["pseudo-label"], ["reproduce", "--resume"]]) {
      const refused = await run(...stage, "--run", path);
      expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/data\.unlabelled: there are no/)]);
    }
    expect(await readdir(path)).not.toContain("student");

    const student = await run("train", "student", "--run", path, "--unlabelled", flat);
    expect(student.code, student.output).toBe(0);
    expect(student.output).toMatch(/nothing in .*photos tells their classes/);
    const whole = await run("reproduce", "--run", path, "--resume");
    expect(whole.code, whole.output).toBe(0);
    expect(whole.output).toMatch(/the teacher labelled 36 images\n/);

    const taught = await RunDirectory.open(path);
    expect(taught.config.data.unlabelled).toBe(flat);
    expect((await readPins(taught))!.unlabelled!.samples).toHaveLength(36);
    expect((await taught.results())!.pseudoLabelAccuracy).toBeNull();
    const csv = (await taught.read("pseudo-labels.csv"))!.trimEnd().split("\n");
    expect(csv.slice(1).map((line) => line.split(",")[3])).toEqual(Array(36).fill(""));
    expect((await taught.epochs("student")).filter((epoch) => "pseudoLabelAccuracy" in epoch)).toEqual([]);
    const page = await readFile(taught.file("report", "index.html"), "utf8");
    expect(page).toContain("How many of its labels are right is not known");
    expect(page).not.toMatch(/<th[^>]*>(Own|Both)<\/th>|as the data set says|own class \(in eval mode/);
    const again = await run("reproduce", "--run", path, "--resume");
    expect(again.output).toMatch(/the unlabelled images have their labels already\n/);
  });

  it("refuse what cannot be without them", async () => {
    const none = await run("reproduce", ...labelled, ...settings, "--set", "data.unlabelled=null");
    expect([none.code, none.output]).toEqual([1, expect.stringMatching(/student is trained with some.*--unlabelled/)]);
    const dry = await run(
      "train",
      "fixmatch",
      ...labelled,
      "--set",
      "method=fixmatch",
      "--set",
      "data.unlabelled=null",
      "--dry-run",
    );
    expect([dry.code, dry.output]).toEqual([1, expect.stringMatching(/fixmatch is trained with some/)]);
    const foreign = await run(
      "reproduce",
      ...labelled,
      "--unlabelled",
      flat,
      ...settings,
      "--set",
      "data.knownClasses=2",
    );
    expect([foreign.code, foreign.output]).toEqual([1, expect.stringMatching(/data\.knownClasses: which unlabelled/)]);
  });
});

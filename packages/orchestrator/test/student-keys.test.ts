import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EpochRecord } from "@fledge/training";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { checkConfig, parseAssignment } from "../src/config/resolve.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf } from "./run-files.ts";
import { imagesOf, watchRun, type WatchedEpoch } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const base = join(folder, "teacher");

beforeAll(async () => {
  await watchRun(() => run("train", "teacher", ...birds, ...small, "--epochs", "1,1,1", "--run", base));
});

let runs = 0;

interface Seen {
  readonly folder: string;
  /** The model's first epoch, and what was logged of all. */
  readonly first: WatchedEpoch;
  readonly epochs: readonly EpochRecord[];
}

/** A run that goes on from the one teacher of this file with other settings. */
async function withSettings(assignments: readonly string[]): Promise<string> {
  const to = join(folder, `run-${runs++}`);
  await cp(base, to, { recursive: true });
  const file = join(to, "config.json");
  const config = JSON.parse(await readFile(file, "utf8")) as object;
  const merged = assignments.map(parseAssignment).reduce<object>(overlaid, config);
  await writeFile(file, JSON.stringify(checkConfig(merged, file)));
  await rm(join(to, "kernels.json")); // Chosen anew, as for a run that begins with these settings.
  return to;
}

const overlaid = (under: object, over: object): object =>
  Object.fromEntries(
    Object.entries({ ...under, ...over }).map(([key, value]) => {
      const [low, high] = [(under as Record<string, unknown>)[key], (over as Record<string, unknown>)[key]];
      const nested = [low, high].every((one) => typeof one === "object" && one !== null && !Array.isArray(one));
      return [key, nested && key !== "select" ? overlaid(low as object, high as object) : value];
    }),
  );

/** Trains one of the students with these settings. */
async function train(model: "student" | "noisy-student", ...assignments: string[]): Promise<Seen> {
  const to = await withSettings(assignments);
  const { models } = await watchRun(() => run("train", model, "--run", to));
  return { folder: to, first: models[0]![0]!, epochs: await epochsOf(to, model) };
}

const student = (...assignments: string[]): Promise<Seen> => train("student", ...assignments);

const lossOf = ({ epochs }: Seen): number => epochs[0]!.trainLoss;
const samePixels = (a: Seen, b: Seen): boolean => imagesOf(a.first.batches).equals(imagesOf(b.first.batches));
const teachersPixels = ({ first }: Seen) => Buffer.concat(first.batches.map(({ teacherImages }) => teacherImages!));

describe("student.objective joint", () => {
  const once = ["student.objective=joint", "epochs.pseudoLabelled=0"];
  let joint: Seen;
  beforeAll(async () => {
    joint = await student(...once);
  });

  it("trains on both sets in every step, for as many epochs as the two stretches together", async () => {
    // 36 unlabelled images, and a labelled one beside each.
    const phases = ({ epochs }: Seen) => epochs.map(({ phase, images }) => [phase, images]);
    expect(phases(joint)).toEqual([["joint", 72]]);
    expect(phases(await student("student.objective=joint"))).toEqual([
      ["joint", 72],
      ["joint", 72],
    ]);
    expect(joint.epochs[0]!.pseudoLabelAccuracy).toBeGreaterThanOrEqual(0);
    expect(joint.first.batches).toHaveLength(5);
    expect(joint.first.unlisted).toEqual([]);
  });

  it("student.unlabelledPerLabelled and the official weight, which follows it", async () => {
    const keys = [...once, "student.unlabelledPerLabelled=3"];
    const three = await student(...keys);
    expect(three.epochs[0]!.images).toBe(48);
    const batchOf = ({ first }: Seen) => first.batches[0]!;
    expect(batchOf(three).teacherImages!.length).toBe(3 * batchOf(three).images.length);
    expect(batchOf(joint).teacherImages!.length).toBe(batchOf(joint).images.length);
    const official = await student(...keys, "student.unlabelledWeight=official");
    expect(lossOf(official)).not.toBe(lossOf(three));
    expect(lossOf(official)).toBe(lossOf(await student(...keys, "student.unlabelledWeight=3")));
  });

  it.each(["student.batchNorm=separate", "pseudoLabels.labelSmoothing=0.2"])(
    "%s changes the loss, on the same pixels",
    async (key) => {
      const other = await student(...once, key);
      expect(samePixels(other, joint)).toBe(true);
      expect(lossOf(other)).not.toBe(lossOf(joint));
    },
  );

  it("training.microBatchSize computes it in parts", async () => {
    const parts = await student(...once, "training.microBatchSize=8");
    expect(parts.epochs[0]!.images).toBe(72);
    expect(lossOf(parts)).not.toBe(lossOf(joint)); // BatchNorm's parts.
  });

  it("student.noiseOnUnlabelled augments what the noisy student sees of them; the teacher sees the whole bird", async () => {
    const one = await train("noisy-student", ...once);
    const both = await train("noisy-student", ...once, "student.noiseOnUnlabelled=true");
    expect(teachersPixels(both).equals(teachersPixels(one))).toBe(true);
    expect(one.first.phase.beside!.view.randAugment).toBeUndefined();
    expect(both.first.phase.beside!.view.randAugment).toBeDefined();
    expect(both.first.phase.labeller!.view!.randAugment).toBeUndefined();
    expect(lossOf(both)).not.toBe(lossOf(one));
  });
});

describe("pseudoLabels in two stretches", () => {
  let paper: Seen;
  beforeAll(async () => {
    paper = await student();
  });

  it.each(["pseudoLabels.targets=soft", "pseudoLabels.labelSmoothing=0.2"])(
    "%s changes the loss, on the same pixels",
    async (key) => {
      const other = await student(key);
      expect(samePixels(other, paper)).toBe(true);
      expect(lossOf(other)).not.toBe(lossOf(paper));
      expect(other.epochs[0]!.keptShare).toBeUndefined();
    },
  );

  it("pseudoLabels.threshold of each class leaves out what is not as sure, and its share is logged", async () => {
    const other = await student("pseudoLabels.threshold=[1,0,0]");
    expect(samePixels(other, paper)).toBe(true);
    expect(lossOf(other)).not.toBe(lossOf(paper));
    expect(other.epochs[0]!.keptShare).toBeLessThan(1);
  });

  it("pseudoLabels.mean and temperature change the loss under a threshold", async () => {
    const threshold = "pseudoLabels.threshold=0.38";
    const all = await student(threshold);
    expect(lossOf(await student(threshold, "pseudoLabels.mean=kept"))).toBeGreaterThan(lossOf(all));
    const warm = await student(threshold, "pseudoLabels.temperature=3");
    expect(warm.epochs[0]!.keptShare).toBeLessThan(all.epochs[0]!.keptShare!);
  });

  it("student.noiseOnUnlabelled augments the noisy student's stretch on pseudo-labels, and not the student's", async () => {
    const key = "student.noiseOnUnlabelled=true";
    const noisy = await train("noisy-student", key);
    expect(noisy.first.phase.view.randAugment).toBeDefined();
    expect(samePixels(noisy, paper)).toBe(false);
    expect(samePixels(await student(key), paper)).toBe(true);
  });

  it("pseudoLabels.made, for an epoch or a generation, teaches what the teacher says of the whole bird right before", async () => {
    const [epoch, generation] = [
      await student("pseudoLabels.made=epoch"),
      await student("pseudoLabels.made=generation"),
    ];
    for (const { first, epochs } of [epoch, generation]) {
      expect(epochs[0]!.pseudoLabelAccuracy).toBe(paper.epochs[0]!.pseudoLabelAccuracy);
      expect(first.batches[0]!.teacherImages).toBeUndefined();
      expect(first.unlisted).toEqual([]);
    }
    expect(existsSync(join(epoch.folder, "pseudo-labels.safetensors"))).toBe(false);
    // The labels that the generation's students learn from are those that the run lists.
    const { dataset, stored } = generation.first.phase;
    const { classes } = await stored!.of(0);
    expect((await run("pseudo-label", "--run", generation.folder)).code).toBe(0);
    expect(await listed(generation.folder)).toEqual(
      dataset.samples.map(({ path }, row) => [path, dataset.classes[classes[row]!]]),
    );
  });
});

/** The images of `pseudo-labels.csv` with their labels. */
const listed = async (runFolder: string): Promise<string[][]> =>
  (await readFile(join(runFolder, "pseudo-labels.csv"), "utf8"))
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").slice(0, 2));

describe("labels that are stored", () => {
  it("for an epoch follow the student's view, which is another in each", async () => {
    const view = ["pseudoLabels.made=epoch", "student.objective=joint", "training.learningRate=1e-9"];
    const [clean, students] = [await student(...view), await student(...view, "pseudoLabels.view=student")];
    const losses = ({ epochs }: Seen) => epochs.map(({ pseudoLabelAccuracy }) => pseudoLabelAccuracy);
    expect(students.first.phase.labeller!.view).toBeUndefined();
    expect(new Set(losses(clean)).size).toBe(1);
    expect(lossOf(students)).not.toBe(lossOf(clean));
  });

  it("for a generation may hold images out", async () => {
    const seen = await student("pseudoLabels.made=generation", "pseudoLabels.heldOut=0.3");
    const { dataset, stored } = seen.first.phase;
    const { classes } = await stored!.of(0);
    expect(dataset.samples).toHaveLength(26);
    expect((await run("pseudo-label", "--run", seen.folder)).code).toBe(0);
    const labels = new Map((await listed(seen.folder)) as [string, string][]);
    expect(labels.size).toBe(36);
    for (const [row, { path }] of dataset.samples.entries())
      expect(dataset.classes[classes[row]!]).toBe(labels.get(path));
  });

  it("are taken up, and refused where they are damaged or of another temperature", async () => {
    const to = await withSettings(["pseudoLabels.made=generation"]);
    expect((await run("pseudo-label", "--run", to)).code).toBe(0);
    const file = join(to, "pseudo-labels.safetensors");
    const config = JSON.parse(await readFile(join(to, "config.json"), "utf8")) as { pseudoLabels: object };
    const other = { ...config, pseudoLabels: { ...config.pseudoLabels, temperature: 2 } };
    await writeFile(join(to, "config.json"), JSON.stringify(other));
    await rm(join(to, "kernels.json"));
    const refused = await run("train", "student", "--run", to);
    expect(refused.output).toContain(`${file}: it holds labels of other temperature than this run's`);
    expect(refused.output).toContain("to label the images again, which gives the same labels");
    await writeFile(join(to, "config.json"), JSON.stringify(config));
    await rm(join(to, "kernels.json"));
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(1, bytes.length - 4));
    const damaged = await run("train", "student", "--run", to);
    expect(damaged.code).not.toBe(0);
    expect(damaged.output).toContain(`${file}: its checksum does not fit`);
  });

  it("pseudoLabels.select trains on the chosen images, as often as they are chosen, and lists them", async () => {
    const keys = ["pseudoLabels.made=generation", "student.objective=joint", "epochs.pseudoLabelled=0"];
    const balance = '{"rule":"balance","imagesPerClass":20,"minimum":0,"upsample":true}';
    const seen = await student(...keys, `pseudoLabels.select=${balance}`);
    const { dataset } = seen.first.phase.beside!;
    const chosen = (await readFile(join(seen.folder, "chosen-images.csv"), "utf8")).trimEnd().split("\n");
    expect(chosen[0]).toBe("image,pseudo_label,probability,copies");
    const copies = chosen.slice(1).map((line) => Number(line.split(",").at(-1)));
    expect(copies.reduce((sum, count) => sum + count, 0)).toBe(dataset.samples.length);
    expect(dataset.samples.length % 20).toBe(0);
    expect(seen.epochs[0]!.images).toBe(2 * dataset.samples.length);

    const topK = '{"rule":"top-k","imagesPerClass":5,"classesPerImage":2}';
    const other = await student(...keys, `pseudoLabels.select=${topK}`);
    const { beside, stored } = other.first.phase;
    const { classes } = await stored!.of(0);
    expect(Math.max(...beside!.dataset.classes.map((_, c) => classes.filter((label) => label === c).length))).toBe(5);
  });

  it("are refused where nothing is chosen", async () => {
    const rule = '{"rule":"balance","imagesPerClass":5,"minimum":1,"upsample":false}';
    const to = await withSettings(["pseudoLabels.made=generation", `pseudoLabels.select=${rule}`]);
    const { code, output } = await run("train", "student", "--run", to);
    expect(code).not.toBe(0);
    expect(output).toContain("pseudoLabels.select: no image is chosen");
  });
});

it("a wrong number of thresholds is named before anything is trained", async () => {
  const to = join(folder, "thresholds");
  const settings = ["--set", "pseudoLabels.threshold=[0.5,0.5]", "--run", to];
  const { code, output } = await run("reproduce", ...birds, ...small, ...settings);
  expect(code).not.toBe(0);
  expect(output).toContain("it lists 2 thresholds, and the images are of 3 classes");
});

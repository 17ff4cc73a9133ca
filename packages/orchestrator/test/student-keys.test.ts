import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf } from "./run-files.ts";
import { imagesOf, watchRun, type WatchedEpoch, type WatchedRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const demo = [...birds, ...small, "--epochs", "2,1,1"];

let runs = 0;
const sets = (assignments: readonly string[]): string[] => assignments.flatMap((key) => ["--set", key]);

interface Seen extends WatchedRun {
  readonly folder: string;
  /** The first epoch of the student, and of the noisy student. */
  readonly student: WatchedEpoch;
  readonly noisy: WatchedEpoch;
}

async function reproduce(...assignments: string[]): Promise<Seen> {
  const to = join(folder, `run-${runs++}`);
  const seen = await watchRun(() => run("reproduce", ...demo, ...sets(assignments), "--run", to));
  const [student, noisy] = [seen.models[1]![0]!, seen.models[2]![0]!];
  return { ...seen, folder: to, student, noisy };
}

/** What the student's first epoch came to. */
const trained = async (seen: Seen) => (await epochsOf(seen.folder, "student"))[0]!;

describe("student.objective joint", () => {
  let joint: Seen;
  beforeAll(async () => {
    joint = await reproduce("student.objective=joint");
  });

  it("trains on both sets in every step, for as many epochs as the two stretches together", async () => {
    const epochs = await epochsOf(joint.folder, "student");
    // 36 unlabelled images, and a labelled one beside each.
    expect(epochs.map(({ phase, images }) => [phase, images])).toEqual([
      ["joint", 72],
      ["joint", 72],
    ]);
    expect(epochs[0]!.pseudoLabelAccuracy).toBeGreaterThanOrEqual(0);
    expect(joint.student.batches).toHaveLength(5);
    expect(joint.student.unlisted).toEqual([]);
  });

  it("student.unlabelledPerLabelled", async () => {
    const three = await reproduce("student.objective=joint", "student.unlabelledPerLabelled=3");
    expect((await trained(three)).images).toBe(48);
    const batchOf = ({ student }: Seen) => student.batches[0]!;
    expect(batchOf(three).teacherImages!.length).toBe(3 * batchOf(three).images.length);
    expect(batchOf(joint).teacherImages!.length).toBe(batchOf(joint).images.length);
    const official = [
      "student.objective=joint",
      "student.unlabelledPerLabelled=3",
      "student.unlabelledWeight=official",
    ];
    const weighed = await reproduce(...official);
    const number = await reproduce(...official.slice(0, 2), "student.unlabelledWeight=3");
    expect((await trained(weighed)).trainLoss).not.toBe((await trained(three)).trainLoss);
    expect((await trained(weighed)).trainLoss).toBe((await trained(number)).trainLoss);
  });

  it.each(["student.batchNorm=separate", "student.unlabelledWeight=0.5", "pseudoLabels.labelSmoothing=0.2"])(
    "%s changes the loss, on the same pixels",
    async (key) => {
      const other = await reproduce("student.objective=joint", key);
      expect(imagesOf(other.student.batches).equals(imagesOf(joint.student.batches))).toBe(true);
      expect((await trained(other)).trainLoss).not.toBe((await trained(joint)).trainLoss);
    },
  );

  it("training.microBatchSize computes it in parts, whose losses are still those of the batch", async () => {
    const parts = await reproduce("student.objective=joint", "training.microBatchSize=8");
    expect((await trained(parts)).images).toBe(72);
    expect((await trained(parts)).trainLoss).not.toBe((await trained(joint)).trainLoss); // BatchNorm's parts.
  });

  it("student.noiseOnUnlabelled augments what the noisy student sees of them; the teacher sees the whole bird", async () => {
    const both = await reproduce("student.objective=joint", "student.noiseOnUnlabelled=true");
    const teachers = ({ noisy }: Seen) => Buffer.concat(noisy.batches.map(({ teacherImages }) => teacherImages!));
    expect(teachers(both).equals(teachers(joint))).toBe(true);
    expect(joint.noisy.phase.beside!.view.randAugment).toBeUndefined();
    expect(both.noisy.phase.beside!.view.randAugment).toBeDefined();
    expect(both.noisy.phase.labeller!.view!.randAugment).toBeUndefined();
    expect(both.student.phase.beside!.view.randAugment).toBeUndefined();
    const losses = async (seen: Seen) => (await epochsOf(seen.folder, "noisy-student"))[0]!.trainLoss;
    expect(await losses(both)).not.toBe(await losses(joint));
  });
});

describe("pseudoLabels in two stretches", () => {
  let paper: Seen;
  beforeAll(async () => {
    paper = await reproduce();
  });

  it.each([
    [["pseudoLabels.targets=soft"]],
    [["pseudoLabels.threshold=0.4"]],
    [["pseudoLabels.threshold=[1,0,0]"]],
    [["pseudoLabels.labelSmoothing=0.2"]],
  ])("%s changes the loss, on the same pixels", async (keys) => {
    const other = await reproduce(...keys);
    expect(imagesOf(other.student.batches).equals(imagesOf(paper.student.batches))).toBe(true);
    expect((await trained(other)).trainLoss).not.toBe((await trained(paper)).trainLoss);
    const { keptShare } = await trained(other);
    if (keys[0]!.includes("threshold")) expect(keptShare).toBeLessThan(1);
    else expect(keptShare).toBeUndefined();
  });

  it("pseudoLabels.mean and temperature change the loss under a threshold", async () => {
    const threshold = "pseudoLabels.threshold=0.4";
    const all = await trained(await reproduce(threshold));
    const kept = await trained(await reproduce(threshold, "pseudoLabels.mean=kept"));
    const warm = await trained(await reproduce(threshold, "pseudoLabels.temperature=3"));
    expect(kept.trainLoss).toBeGreaterThan(all.trainLoss);
    expect(warm.keptShare).toBeLessThan(all.keptShare!);
  });

  it("student.noiseOnUnlabelled augments the noisy student's stretch on pseudo-labels, too", async () => {
    const both = await reproduce("student.noiseOnUnlabelled=true");
    expect(paper.noisy.phase.view.randAugment).toBeUndefined();
    expect(both.noisy.phase.view.randAugment).toBeDefined();
    expect(imagesOf(both.noisy.batches).equals(imagesOf(paper.noisy.batches))).toBe(false);
    expect(imagesOf(both.student.batches).equals(imagesOf(paper.student.batches))).toBe(true);
  });
});

describe("pseudoLabels.made", () => {
  const labelsIn = async (seen: Seen) => readFile(join(seen.folder, "pseudo-labels.csv"), "utf8");

  it("once for an epoch or a generation teaches what the teacher says of the whole bird right before", async () => {
    const [batch, epoch, generation] = [
      await reproduce(),
      await reproduce("pseudoLabels.made=epoch"),
      await reproduce("pseudoLabels.made=generation"),
    ];
    const accuracy = async (seen: Seen) => (await trained(seen)).pseudoLabelAccuracy;
    expect(await accuracy(epoch)).toBe(await accuracy(batch));
    expect(await accuracy(generation)).toBe(await accuracy(batch));
    expect(await labelsIn(generation)).toBe(await labelsIn(batch));
    expect(batch.student.batches[0]!.teacherImages).toBeDefined();
    for (const { student } of [epoch, generation]) {
      expect(student.batches[0]!.teacherImages).toBeUndefined();
      expect(student.unlisted).toEqual([]);
    }
    const stored = join(generation.folder, "pseudo-labels.safetensors");
    expect((await readFile(stored)).length).toBeGreaterThan(0);
    await expect(readFile(join(epoch.folder, "pseudo-labels.safetensors"))).rejects.toThrow("ENOENT");
  });

  it("for an epoch follows the student's view, which is another in each", async () => {
    const keys = ["pseudoLabels.made=epoch", "pseudoLabels.view=student", "student.objective=joint"];
    const seen = await reproduce(...keys);
    const of = seen.student.phase.stored!.of;
    expect((await of(0)).confidences).not.toEqual((await of(1)).confidences);
    expect((await of(1)).confidences).toEqual((await of(1)).confidences);
  });

  it("for a generation may hold images out", async () => {
    const seen = await reproduce("pseudoLabels.made=generation", "pseudoLabels.heldOut=0.3");
    const csv = (await labelsIn(seen)).trimEnd().split("\n").slice(1);
    expect(csv).toHaveLength(36);
    const { dataset, stored } = seen.student.phase;
    const { classes } = await stored!.of(0);
    expect(dataset.samples).toHaveLength(26);
    dataset.samples.forEach(({ path }, row) => {
      const [, label] = csv.find((line) => line.startsWith(`${path},`))!.split(",");
      expect(dataset.classes[classes[row]!]).toBe(label);
    });
  });

  it("pseudoLabels.select trains on the chosen images, as often as they are chosen, and lists them", async () => {
    const keys = ["pseudoLabels.made=generation", "student.objective=joint"];
    const balance = '{"rule":"balance","imagesPerClass":20,"minimum":0,"upsample":true}';
    const seen = await reproduce(...keys, `pseudoLabels.select=${balance}`);
    const { dataset } = seen.student.phase.beside!;
    const chosen = (await readFile(join(seen.folder, "chosen-images.csv"), "utf8")).trimEnd().split("\n");
    expect(chosen[0]).toBe("image,pseudo_label,probability,copies");
    const copies = chosen.slice(1).map((line) => Number(line.split(",").at(-1)));
    expect(copies.reduce((sum, count) => sum + count, 0)).toBe(dataset.samples.length);
    expect(dataset.samples.length % 20).toBe(0);
    expect(Math.max(...copies)).toBeGreaterThan(1);

    const topK = '{"rule":"top-k","imagesPerClass":5,"classesPerImage":2}';
    const other = await reproduce(...keys, `pseudoLabels.select=${topK}`);
    const { beside, stored } = other.student.phase;
    expect(beside!.dataset.samples.length).toBeLessThanOrEqual(15);
    const { classes } = await stored!.of(0);
    expect(Math.max(...beside!.dataset.classes.map((_, c) => classes.filter((label) => label === c).length))).toBe(5);
  });
});

it("a wrong number of thresholds is named before anything is trained", async () => {
  const to = join(folder, "thresholds");
  const { code, output } = await run("reproduce", ...demo, ...sets(["pseudoLabels.threshold=[0.5,0.5]"]), "--run", to);
  expect(code).not.toBe(0);
  expect(output).toContain("it lists 2 thresholds, and the images are of 3 classes");
});

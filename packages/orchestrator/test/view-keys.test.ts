import { join } from "node:path";
import { applyOperation, ImageCache, Loader, resizeCenterCrop, type AugmentLibrary, type RgbImage } from "@fledge/data";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { evaluationsOn, imagesOf, watchRun, type WatchedEvaluation, type WatchedRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const scaledDown = [
  ...birds,
  ...small,
  "--set",
  "network.weights=null",
  "--epochs",
  "1,0,1",
  "--set",
  "pseudoLabels.from=teacher",
  "--set",
  "views.flip=false",
];

let runs = 0;
const reproduce = (...assignments: string[]): Promise<WatchedRun> =>
  watchRun(() =>
    run(
      "reproduce",
      "--preset",
      "paper-text",
      ...scaledDown,
      ...assignments.flatMap((key) => ["--set", key]),
      "--run",
      join(folder, `run-${runs++}`),
    ),
  );

/** The reported teacher's evaluations on test images: as many of table 2 as of table 3. */
function testsOf(seen: WatchedRun): { readonly target: WatchedEvaluation[]; readonly robustness: WatchedEvaluation[] } {
  const all = evaluationsOn(seen, "test");
  const isRobustness = ({ options }: WatchedEvaluation): boolean => options.view.randAugment !== undefined;
  return { target: all.filter((one) => !isRobustness(one)), robustness: all.filter(isRobustness) };
}

const bytes = (evaluation: WatchedEvaluation): Buffer => imagesOf(evaluation.batches);

/** What the noisy student's labelled epoch showed it, by the data set's samples. */
const noisyImages = ({ models }: WatchedRun): Buffer => imagesOf(models.at(-1)!.at(-1)!.batches);

/** The whole images of an evaluation's data set, decoded. */
async function decoded({ options: { dataset, view } }: WatchedEvaluation): Promise<RgbImage[]> {
  const cache = new ImageCache(2 ** 28);
  const loader = new Loader({
    dataset,
    view: { crop: view.crop, flip: false },
    batchSize: dataset.samples.length,
    shuffle: false,
    workers: 0,
    seed: 0,
    cache,
  });
  await loader.epoch(0).next();
  await loader.close();
  return dataset.samples.map(({ path }) => cache.get(join(dataset.root, path))!);
}

const equalise = (library: AugmentLibrary, image: RgbImage): RgbImage => applyOperation(library, "Equalize", image);
const centre = (image: RgbImage): RgbImage => resizeCenterCrop(image, 36, 32);
const joined = (images: readonly RgbImage[]): Buffer => Buffer.concat(images.map(({ data }) => data));

describe("views.evaluation", () => {
  let random: WatchedRun;
  let center: WatchedRun;
  beforeAll(async () => {
    random = await reproduce();
    center = await reproduce("views.evaluation=center");
  });

  it("random shows each repeat other crops, the same ones to every model", () => {
    const [first, second, ofStudent] = testsOf(random).target;
    expect(testsOf(random).target).toHaveLength(6); // Two repeats for three models.
    expect(bytes(first!).equals(bytes(second!))).toBe(false);
    expect(bytes(first!).equals(bytes(ofStudent!))).toBe(true);
  });

  it("center shows torchvision's Resize and CenterCrop, and shows it once", async () => {
    const { target, robustness } = testsOf(center);
    expect(target).toHaveLength(3);
    expect(bytes(target[0]!).equals(joined((await decoded(target[0]!)).map(centre)))).toBe(true);
    // RandAugment is random on whichever crop.
    expect(robustness).toHaveLength(6);
    expect(bytes(robustness[0]!).equals(bytes(robustness[1]!))).toBe(false);
  });

  it("decides validation too, and leaves training as it was", () => {
    const validation = (seen: WatchedRun) => bytes(evaluationsOn(seen, "validation")[0]!);
    expect(validation(center).equals(validation(random))).toBe(false);
    expect(imagesOf(center.models[0]![0]!.batches).equals(imagesOf(random.models[0]![0]!.batches))).toBe(true);
  });
});

describe("RandAugment's place", () => {
  // An operation without a random argument: jizongfox's package applies two of them.
  const twice = (library: AugmentLibrary) => (image: RgbImage) => equalise(library, equalise(library, image));
  const fixed = ["views.evaluation=center", 'randAugment.operations=["Equalize"]', "randAugment.probability=1"];
  let before: WatchedRun;
  let after: WatchedRun;
  beforeAll(async () => {
    before = await reproduce(...fixed);
    after = await reproduce(...fixed, "randAugment.order=after-crop", "evaluation.randAugmentOrder=after-crop");
  });

  it("evaluation.randAugmentOrder: table 3 shows the crop of the augmented image, or the augmented crop", async () => {
    const [one, other] = [testsOf(before).robustness[0]!, testsOf(after).robustness[0]!];
    const images = await decoded(one);
    expect(bytes(one).equals(joined(images.map(twice("jizongfox")).map(centre)))).toBe(true);
    expect(bytes(other).equals(joined(images.map(centre).map(twice("jizongfox"))))).toBe(true);
    expect(bytes(one).equals(bytes(other))).toBe(false);
  });

  it("randAugment.order: so do the noisy student's validation and its training", async () => {
    const validated = (seen: WatchedRun) => evaluationsOn(seen, "validation").at(-1)!;
    const images = await decoded(validated(before));
    expect(bytes(validated(before)).equals(joined(images.map(twice("jizongfox")).map(centre)))).toBe(true);
    expect(bytes(validated(after)).equals(joined(images.map(centre).map(twice("jizongfox"))))).toBe(true);
    expect(noisyImages(before).equals(noisyImages(after))).toBe(false);
  });

  it("are two keys: each leaves the other's images alone", async () => {
    const seen = await reproduce(...fixed, "randAugment.order=after-crop");
    expect(bytes(testsOf(seen).robustness[0]!).equals(bytes(testsOf(before).robustness[0]!))).toBe(true);
    expect(noisyImages(seen).equals(noisyImages(after))).toBe(true);
  });
});

describe("randAugment.library", () => {
  const fixed = ["views.evaluation=center", 'randAugment.operations=["Equalize"]', "randAugment.n=1"];
  const once: Record<"ildoonet" | "torchvision", readonly string[]> = {
    ildoonet: ["randAugment.library=ildoonet", "randAugment.m=9", "randAugment.probability=1"],
    torchvision: ["randAugment.library=torchvision", "randAugment.probability=1"],
  };

  it.each(["ildoonet", "torchvision"] as const)("%s applies N operations of its own", async (library) => {
    const [first] = testsOf(await reproduce(...fixed, ...once[library])).robustness;
    const images = await decoded(first!);
    expect(bytes(first!).equals(joined(images.map((image) => centre(equalise(library, image)))))).toBe(true);
  });
});

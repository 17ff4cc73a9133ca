// The strong recipes' switches of `training`: each changes what is trained. `everything-on.test.ts` resumes runs with all of them.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Batch } from "@fledge/data";
import { readSafetensors } from "@fledge/safetensors";
import { mixedImages, supervised, type Objective } from "@fledge/training";
import { beforeAll, describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { parseAssignment, resolveConfig } from "../src/config/resolve.ts";
import { objectivesOf } from "../src/stages/objectives.ts";
import { optimiserSettings } from "../src/stages/optimiser.ts";
import { scheduleOf } from "../src/stages/schedule.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const set = (...assignments: string[]): string[] => assignments.flatMap((key) => ["--set", key]);
const scaledDown = [
  "--preset",
  "demo",
  ...birds,
  ...small,
  "--epochs",
  "3,1,2",
  ...set("training.weightDecay=0.01", "training.schedule.warmupEpochs=1"),
];

let runs = 0;
/** A teacher's training by itself; its folder. */
async function teacher(...assignments: string[]): Promise<string> {
  const to = join(folder, `teacher-${runs++}`);
  const { code, output } = await run("train", "teacher", ...scaledDown, ...set(...assignments), "--run", to);
  expect(code, output).toBe(0);
  return to;
}

type Tensors = Awaited<ReturnType<typeof readSafetensors>>["tensors"];
const tensorsOf = async (to: string, file: string, model = "teacher"): Promise<Tensors> =>
  (await readSafetensors(join(to, model, file))).tensors;
const weightsOf = async (to: string, file = "last.safetensors"): Promise<Float32Array> =>
  (await tensorsOf(to, file)).get("conv1.weight")!.data as Float32Array;
const ratesOf = async (to: string): Promise<number[]> =>
  (await epochsOf(to, "teacher")).map(({ learningRate }) => learningRate);

let plain: string;
beforeAll(async () => {
  plain = await teacher();
});

describe("a configuration", () => {
  const configOf = (...assignments: string[]) => resolveConfig("demo", assignments.map(parseAssignment));
  const step = { initial: 0.1, gamma: 0.3, stepSize: 8 };
  const cosine = { rule: "after_warmup", per: "step", warmupEpochs: 2, warmupStart: 0, final: 0 };
  const ema = { use: "both", rule: "tf_num_updates", decay: 0.9999 };

  it("has StepLR, the plain optimiser, no averages and no mixtures by default", () => {
    for (const preset of Object.keys(presets)) {
      const config = resolveConfig(preset, []);
      expect(scheduleOf(config, "student")).not.toHaveProperty("kind");
      expect(optimiserSettings(config)).toEqual({
        momentum: 0.9,
        weightDecay: 0,
        nesterov: false,
        decayNormAndBias: true,
        average: null,
        lossScale: null,
      });
      expect(objectivesOf(config).labelled.drawn).toBeUndefined();
    }
  });

  it.each([
    ["kind=step", step],
    ["kind=cosine", { kind: "cosine", initial: 0.1, ...cosine }],
    ["per=epoch", { kind: "cosine", initial: 0.1, ...cosine, per: "epoch" }],
    ["warmupEpochs=3", { kind: "cosine", initial: 0.1, ...cosine, warmupEpochs: 3 }],
    ["warmupStart=0.5", { kind: "cosine", initial: 0.1, ...cosine, warmupStart: 0.5 }],
    ["final=0.01", { kind: "cosine", initial: 0.1, ...cosine, final: 0.01 }],
    ["rule=over_all", { kind: "cosine", initial: 0.1, ...cosine, rule: "over_all" }],
  ])("training.schedule.%s gives its schedule", (key, expected) => {
    const config = configOf("training.schedule.kind=cosine", `training.schedule.${key}`);
    expect(scheduleOf(config, "teacher")).toEqual(expected);
  });

  it.each([
    ["use=teacher", { ...ema, use: "teacher" }],
    ["use=off", null],
    ["rule=constant", { ...ema, rule: "constant" }],
    ["rule=bias_corrected", { ...ema, rule: "bias_corrected" }],
    ["decay=0.5", { ...ema, decay: 0.5 }],
  ])("training.ema.%s gives its averages", (key, expected) => {
    expect(optimiserSettings(configOf("training.ema.use=both", `training.ema.${key}`)).average).toEqual(expected);
  });

  it.each([
    [["kind=mixup"], { kind: "mixup", alpha: 0.2, probability: 1 }],
    [["kind=mixup", "alpha.mixup=3"], { kind: "mixup", alpha: 3, probability: 1 }],
    [["kind=cutmix"], { kind: "cutmix", alpha: 1, probability: 1 }],
    [["kind=cutmix", "alpha.cutmix=0.5"], { kind: "cutmix", alpha: 0.5, probability: 1 }],
    [["kind=mixup", "probability=0.5"], { kind: "mixup", alpha: 0.2, probability: 0.5 }],
  ] as const)("training.mix: %s mixes so", (keys, expected) => {
    const { drawn } = objectivesOf(configOf(...keys.map((key) => `training.mix.${key}`))).labelled;
    const batch = { size: 4, images: new Uint8Array(48), flips: new Uint32Array(4), labels: Int32Array.of(0, 1, 2, 3) };
    const of = (objective: Pick<Objective, "drawn">) =>
      Array.from({ length: 9 }, (_, at) => objective.drawn!(batch as Batch<string>, { seed: 1, epoch: 0, step: at }));
    expect(of({ drawn: drawn! })).toEqual(of(supervised(mixedImages(64, expected), { labelSmoothing: 0 })));
  });
});

describe("each switch of training", () => {
  it.each(["nesterov=true", "decayNormAndBias=false", "schedule.kind=cosine", "mix.kind=mixup", "mix.kind=cutmix"])(
    "%s changes the weights",
    async (key) => {
      expect(await weightsOf(await teacher(`training.${key}`))).not.toEqual(await weightsOf(plain));
    },
  );

  it("schedule: off it leaves StepLR's rates, on it goes by the cosine", async () => {
    expect(await ratesOf(plain)).toEqual([0.02, 0.02, 0.02]);
    const [warm, peak, half] = await ratesOf(await teacher("training.schedule.kind=cosine"));
    expect([warm, peak]).toEqual([0, 0.02]);
    expect(half).toBeCloseTo(0.01, 12);
  });
});

describe("training.ema.use", () => {
  let both: string;
  beforeAll(async () => {
    both = await teacher("training.ema.use=both");
  });

  const averages = async (to: string): Promise<string[]> =>
    [...(await tensorsOf(to, "last.safetensors")).keys()].filter((name) => name.startsWith("optimiser.average."));

  it("off keeps no averages; on it keeps them beside the same weights, running statistics too", async () => {
    expect(await averages(plain)).toEqual([]);
    expect(await averages(both)).toContain("optimiser.average.bn1.running_mean");
    expect(await weightsOf(both)).toEqual(await weightsOf(plain));
    expect(existsSync(join(both, "teacher", "best-teacher.safetensors"))).toBe(false);
    expect(await weightsOf(both, "best.safetensors")).not.toEqual(await weightsOf(plain, "best.safetensors"));
  });

  it("teacher keeps the averages for labelling alone; evaluated for all but that", async () => {
    const forTeacher = await teacher("training.ema.use=teacher");
    expect(await weightsOf(forTeacher, "best.safetensors")).toEqual(await weightsOf(plain, "best.safetensors"));
    expect(await weightsOf(forTeacher, "best-teacher.safetensors")).not.toEqual(
      await weightsOf(forTeacher, "best.safetensors"),
    );
    const evaluated = await teacher("training.ema.use=evaluated");
    expect(await weightsOf(evaluated, "best.safetensors")).toEqual(await weightsOf(both, "best.safetensors"));
    expect(await weightsOf(evaluated, "best-teacher.safetensors")).not.toEqual(
      await weightsOf(evaluated, "best.safetensors"),
    );
  });
});

const all = set(
  "training.nesterov=true",
  "training.decayNormAndBias=false",
  "training.schedule.kind=cosine",
  "training.ema.use=teacher",
  "training.mix.kind=cutmix",
  "training.microBatchSize=4",
);

it("with all of them on the averages label: the labels are not those of the weights that are evaluated", async () => {
  const [averaged, raw] = [join(folder, "averaged"), join(folder, "raw")];
  for (const args of [
    [...all, "--run", averaged],
    [...all, ...set("training.ema.use=off"), "--run", raw],
  ])
    for (const command of [
      ["train", "teacher", ...scaledDown, ...args],
      ["pseudo-label", ...args.slice(-2)],
    ]) {
      const { code, output } = await run(...command);
      expect(code, output).toBe(0);
    }
  const labelsOf = (to: string): Promise<string> => readFile(join(to, "pseudo-labels.csv"), "utf8");
  expect(await weightsOf(averaged, "best.safetensors")).toEqual(await weightsOf(raw, "best.safetensors"));
  // Other probabilities stand beside the labels.
  expect(await labelsOf(averaged)).not.toEqual(await labelsOf(raw));
  expect((await run("doctor", "--run", averaged)).output).not.toMatch(/best-teacher/);
});

it.each([
  [["training.nesterov=true", "training.momentum=0"], "training.nesterov: wants a training.momentum above 0"],
  [
    ["training.schedule.kind=cosine", "training.schedule.warmupEpochs=3"],
    "training.schedule.warmupEpochs: 3 leaves nothing of a training of 3 epochs; it must be below that",
  ],
  [["training.ema.decay=1"], "training.ema.decay: 1 will not do"],
  [["training.ema.use=yes"], "it may be one of off, teacher, evaluated, both"],
  [["training.mix.alpha.mixup=0"], "training.mix.alpha.mixup: 0 will not do; it may be a number above 0"],
  [["training.schedule.warmup=3"], "training.schedule.warmup: there is no such setting"],
])("%s is refused", async (assignments, message) => {
  const { code, output } = await run(
    "train",
    "teacher",
    ...scaledDown,
    ...set(...assignments),
    "--run",
    join(folder, "no"),
  );
  expect(code).toBe(1);
  expect(output).toContain(message);
});

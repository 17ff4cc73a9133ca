import { existsSync } from "node:fs";
import { copyFile, cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "@fledge/safetensors";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parseAssignment, resolveConfig } from "../src/config/resolve.ts";
import { checkRun } from "../src/run/check-run.ts";
import { labellerOf, networkChoice, sizeOf } from "../src/stages/networks.ts";
import { programsOf } from "../src/stages/programs.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf, outcomeOf, resultsOf } from "./run-files.ts";
import { watchRun, type WatchedEpoch } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const set = (...assignments: string[]): string[] => assignments.flatMap((key) => ["--set", key]);
const settings = [...birds, ...small, "--epochs", "1,1,1"];
const chosen = [
  "training.ema.use=teacher", // Other weights label than are evaluated.
  "pseudoLabels.made=generation",
  'pseudoLabels.select={"rule":"balance","imagesPerClass":9,"minimum":0.1,"upsample":true}',
];
const wider = 'generations.networks=[null,{"depth":18,"width":6}]';

describe("labels made once for each generation", () => {
  const [twice, once] = [join(folder, "twice"), join(folder, "once")];
  let outcome: Outcome;
  let models: readonly (readonly WatchedEpoch[])[];

  beforeAll(async () => {
    const keys = set(...chosen, "generations.count=2", wider);
    const watched = await watchRun(
      async () => (outcome = await run("reproduce", ...settings, ...keys, "--run", twice)),
    );
    models = watched.models;
  });

  const read = (name: string, from = twice): Promise<string> => readFile(join(from, name), "utf8");
  const labelsOf = async (name: string) => (await readSafetensors(join(twice, name))).tensors.get("confidences")!.data;

  it("are its teacher's own, in files of their own, and are reported", async () => {
    expect(outcome.code, outcome.output).toBe(0);
    expect(await labelsOf("pseudo-labels-2.safetensors")).not.toEqual(await labelsOf("pseudo-labels.safetensors"));
    expect(await read("pseudo-labels-2.csv")).not.toBe(await read("pseudo-labels.csv"));
    expect(await read("chosen-images-2.csv")).not.toBe(await read("chosen-images.csv"));
    const { laterPseudoLabelAccuracies } = await resultsOf(twice);
    expect(Object.keys(laterPseudoLabelAccuracies!)).toEqual(["2"]);
    const page = await read(join("report", "index.html"));
    for (const text of [
      "by confidence and class, generation 2",
      "The teacher of generation 2",
      "chosen-images-2.csv lists",
    ])
      expect(page).toContain(text);
    expect(existsSync(join(twice, "report", "pseudo-labels-by-class-2.csv"))).toBe(true);
    // What is taught is what the file says.
    const { stored } = models.at(-1)![0]!.phase;
    const { classes, confidences } = await stored!.of(0);
    const [, first] = (await read("chosen-images-2.csv")).split("\n");
    expect(Number(first!.split(",")[2])).toBeCloseTo(confidences[0]!, 4);
    expect(classes.length).toBeGreaterThan(0);
  });

  it("leave the first generation as it is without a second", async () => {
    expect((await run("reproduce", ...settings, ...set(...chosen), "--run", once)).code).toBe(0);
    const [one, two] = [await outcomeOf(once), await outcomeOf(twice)];
    for (const name of ["teacher", "student", "noisy-student", "labels", "chosen-images.csv"])
      expect(two[name]).toEqual(one[name]);
  });

  it("come of one stage after the other, too, and doctor finds what is missing", async () => {
    const staged = join(folder, "staged");
    await cp(twice, staged, { recursive: true });
    const gone = [
      "noisy-student-2",
      "report",
      "pseudo-labels-2.safetensors",
      "pseudo-labels-2.csv",
      "chosen-images-2.csv",
    ];
    for (const name of [...gone, "results.json"]) await rm(join(staged, name), { recursive: true });
    const findings: string[] = [];
    for await (const finding of checkRun(staged)) findings.push(finding);
    expect(findings.join("\n")).toContain("the unlabelled images have no labels of generation 2 yet");
    const trained = await run("train", "noisy-student-2", "--run", staged);
    expect(trained.code, trained.output).toBe(0);
    expect(trained.output).toContain("once for the students of generation 2");
    expect(existsSync(join(staged, "pseudo-labels-2.csv"))).toBe(false);
    expect((await run("pseudo-label", "--run", staged)).code).toBe(0);
    expect((await run("reproduce", "--run", staged, "--resume")).code).toBe(0);
    expect(await outcomeOf(staged)).toEqual(await outcomeOf(twice));
  });

  it("generations.networks gives a generation its own network, whose kernels the run lists", async () => {
    const shapeOf = async (model: string) =>
      (await readSafetensors(join(twice, model, "best.safetensors"))).tensors.get("conv1.weight")!.shape[0];
    expect(await Promise.all(["teacher", "student", "noisy-student", "noisy-student-2"].map(shapeOf))).toEqual([
      4, 4, 4, 6,
    ]);
    expect(models.flat().flatMap(({ unlisted }) => unlisted)).toEqual([]);
    expect(await read(join("report", "index.html"))).toContain("of generation 2 a ResNet-18 of width 6");
    const again = await run("evaluate", "--run", twice);
    expect(again.code, again.output).toBe(0);
  });
});

describe("initial weights of a generation", () => {
  const weights = join(folder, "weights.safetensors");
  const own = `generations.networks=[{"depth":18,"width":4,"weights":${JSON.stringify(weights)}}]`;
  const to = join(folder, "own-weights");

  it("are where its students begin, and what the run is bound to", async () => {
    await copyFile(join(folder, "twice", "student", "best.safetensors"), weights);
    const teacher = await run("train", "teacher", ...settings, ...set(own), "--run", to);
    expect(teacher.code, teacher.output).toBe(0);
    expect(teacher.output).toContain("starting from");
    const first = async (path: string, model: string) => (await epochsOf(path, model))[0]!.trainLoss;
    const plain = join(folder, "plain");
    expect((await run("train", "teacher", ...settings, "--run", plain)).code).toBe(0);
    expect(await first(to, "teacher")).toBe(await first(plain, "teacher"));
    for (const path of [to, plain]) expect((await run("train", "student", "--run", path)).code).toBe(0);
    expect(await first(to, "student")).not.toBe(await first(plain, "student"));

    await copyFile(join(folder, "twice", "teacher", "best.safetensors"), weights);
    const changed = await run("train", "noisy-student", "--run", to);
    expect([changed.code, changed.output.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("initial weights of generation 1"),
    ]);
    await rm(weights);
    const lost = await run("train", "noisy-student", "--run", to);
    expect(lost.output.replaceAll(/\s+/g, " ")).toContain("generations.networks[0].weights: there is no file");
  });

  it("must fit its network", async () => {
    const other = `generations.networks=[{"depth":34,"width":4,"weights":${JSON.stringify(join(folder, "twice", "teacher", "best.safetensors"))}}]`;
    const { code, output } = await run("train", "teacher", ...settings, ...set(other), "--run", join(folder, "unfit"));
    expect([code, output.replaceAll(/\s+/g, " ")]).toEqual([1, expect.stringContaining("Give a ResNet-34 of width 4")]);
    expect(existsSync(join(folder, "unfit"))).toBe(false);
  });
});

describe("a configuration", () => {
  const configOf = (...assignments: string[]) => resolveConfig("demo", assignments.map(parseAssignment));
  const three = configOf(
    "generations.count=3",
    'generations.networks=[{"depth":18,"width":8},null,{"depth":34,"width":16,"weights":"w.pth"}]',
    "network.weights=teacher.pth",
  );

  it("says which network each model has, and who labels for it", () => {
    const sizes = ["teacher", "student", "noisy-student", "noisy-student-2", "noisy-student-3"] as const;
    expect(sizes.map((name) => sizeOf(networkChoice(three, name)))).toEqual([
      "ResNet-50 of width 8",
      "ResNet-18 of width 8",
      "ResNet-18 of width 8",
      "ResNet-50 of width 8",
      "ResNet-34 of width 16",
    ]);
    expect(sizes.map((name) => networkChoice(three, name).weights)).toEqual([
      "teacher.pth",
      null,
      null,
      "teacher.pth",
      "w.pth",
    ]);
    expect(sizes.slice(1).map((name) => labellerOf(three, name))).toEqual([
      "teacher",
      "teacher",
      "noisy-student",
      "noisy-student-2",
    ]);
  });

  it("has a step for each pair of teacher and student, and an evaluation for each network", () => {
    const pairs = programsOf(three)
      .filter(({ kind }) => kind === "pseudo-labelled step")
      .map(({ teacher, network }) => `${teacher.depth} teaches ${network.depth}`);
    expect(pairs).toEqual(["50 teaches 18", "18 teaches 50", "50 teaches 34"]);
    const evaluated = programsOf(three).filter(({ kind, by }) => kind === "evaluation" && by === "students");
    expect(evaluated.map(({ network }) => network.depth)).toEqual([50, 18, 34]);
  });

  it.each([
    [['generations.networks=[null,{"depth":18,"width":8}]'], "it lists 2 networks for 1 generations: shorten it"],
    [['generations.networks=[{"depth":20,"width":8}]'], "generations.networks"],
    [['generations.networks=[{"depth":18}]'], "generations.networks"],
    [["method=supervised-noise", "generations.networks=[null]"], 'method "supervised-noise" has none: set network'],
  ])("%s is refused", (assignments, message) => {
    expect(() => configOf(...assignments)).toThrow(message);
  });
});

it("explain takes the network of a generation", async () => {
  const keys = set("generations.count=2", wider);
  const flopsOf = async (...flags: string[]): Promise<number> => {
    const { code, output } = await run("explain", ...small, ...keys, "--classes", "3", ...flags);
    expect(code, output).toBe(0);
    const [, number, unit] = /dispatches: (\S+) ([MG])FLOP/.exec(output)!;
    return Number(number) * { M: 1e6, G: 1e9 }[unit as "M" | "G"];
  };
  expect(await flopsOf("--generation", "2")).toBeGreaterThan(await flopsOf());
  const none = await run("explain", ...small, ...keys, "--generation", "3");
  expect(none.output).toContain("--generation: 3 is more than generations.count, 2");
});

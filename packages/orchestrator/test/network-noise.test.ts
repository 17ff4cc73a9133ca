import { join } from "node:path";
import { Gpu } from "@fledge/runtime";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { presets } from "../src/config/presets.ts";
import type { Config } from "../src/config/schema.ts";
import { modelsOf } from "../src/methods/models-of.ts";
import { isNoised, kernelUsesOf, programsOf } from "../src/stages/programs.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";
import { narrowConfig } from "./tuning/fixtures.ts";
import { watchRun } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

type Noised = Config["network"]["noised"];
const noisedConfig = (noised: Noised, changes: Partial<Config["network"]> = {}): Config => ({
  ...narrowConfig,
  network: {
    ...narrowConfig.network,
    dropout: 0.3,
    stochasticDepth: { rate: 0.4, rule: "one_based" },
    noised,
    ...changes,
  },
});

describe("which models train with noise", () => {
  const noisedModels = (config: Config) => modelsOf(config).filter((name) => isNoised(config, name));

  it("says network.noised, where there is any", () => {
    expect(noisedModels(noisedConfig("noisy-students"))).toEqual(["noisy-student"]);
    expect(noisedModels(noisedConfig("students"))).toEqual(["student", "noisy-student"]);
    expect(noisedModels(noisedConfig("all"))).toEqual(modelsOf(narrowConfig));
    expect(noisedModels(noisedConfig("all", { dropout: 0 }))).toEqual(modelsOf(narrowConfig));
    const none = { dropout: 0, stochasticDepth: { rate: 0, rule: "one_based" } } as const;
    expect(noisedModels(noisedConfig("all", none))).toEqual([]);
  });

  it.each(Object.keys(presets))("none in %s, whose programs are what they were", (name) => {
    const config = presets[name]!;
    expect(noisedModels(config)).toEqual([]);
    const uses = programsOf(config);
    expect(uses.filter(({ noised }) => noised)).toEqual([]);
    expect(new Set(uses.map(({ kind, by, on, mode }) => `${kind} ${by} ${on} ${mode}`)).size).toBe(uses.length);
  });

  it("have programs of their own", () => {
    const steps = (noised: Noised) =>
      programsOf(noisedConfig(noised))
        .filter(({ kind }) => kind !== "evaluation")
        .map((use) => `${use.by}' ${use.kind}${use.noised ? ", noised" : ""}`);
    expect(steps("noisy-students")).toEqual([
      "teachers' labelled step",
      "students' pseudo-labelled step",
      "students' pseudo-labelled step, noised",
      "students' labelled step",
      "students' labelled step, noised",
    ]);
    expect(steps("all")).toEqual([
      "teachers' labelled step, noised",
      "students' pseudo-labelled step, noised",
      "students' labelled step, noised",
    ]);
    expect(programsOf(noisedConfig("all")).filter(({ kind, noised }) => kind === "evaluation" && noised)).toEqual([]);
  });

  it("have kernels that are listed for the tuner, as network.dropout and network.stochasticDepth say", async () => {
    const gpu = await Gpu.open();
    try {
      const listed = (config: Config, name: string) =>
        kernelUsesOf(gpu, config, 3)
          .filter(({ kernel }) => kernel.name === name)
          .map(({ shape }) => shape as Record<string, number>);
      const noise = ["keep-mask", "drop-path-forward", "drop-path-backward", "dropout-drawn"];
      const found = (config: Config) => noise.filter((name) => listed(config, name).length > 0);
      const depth = (rate: number, rule: Config["network"]["stochasticDepth"]["rule"]) =>
        noisedConfig("students", { stochasticDepth: { rate, rule } });
      expect(found(narrowConfig)).toEqual([]);
      expect(found(noisedConfig("students"))).toEqual(noise);
      expect(found(depth(0, "one_based"))).toEqual(["dropout-drawn"]);
      expect(found(noisedConfig("students", { dropout: 0 }))).toEqual(noise.slice(0, 3));
      expect(listed(depth(0, "one_based"), "dropout-drawn").every(({ rate }) => rate === 0.3)).toBe(true);
      const rates = (config: Config) => new Set(listed(config, "keep-mask").map(({ rate }) => rate!.toFixed(3)));
      // ResNet-18's blocks whose skip is the identity: the first two, the fourth, sixth and eighth.
      expect([...rates(depth(0.4, "one_based"))]).toEqual(["0.050", "0.100", "0.200", "0.300", "0.400"]);
      expect([...rates(depth(0.4, "index_over_count"))]).toEqual(["0.050", "0.150", "0.250", "0.350"]);
      expect([...rates(depth(0.8, "one_based"))]).toEqual(["0.100", "0.200", "0.400", "0.600", "0.800"]);
    } finally {
      await gpu.close();
    }
  });
});

describe("a run", async () => {
  const folder = await temporaryFolder();
  const noise = ["network.dropout=0.3", "network.stochasticDepth.rate=0.4"];
  const flagsOf = (assignments: readonly string[]) => assignments.flatMap((assignment) => ["--set", assignment]);
  let birds: string[];
  const settings = () => [...birds, ...small, "--epochs", "1,1,2"];

  /** Trains all models and gives what they came to, by model. */
  async function outcomeWith(name: string, assignments: readonly string[]) {
    const path = join(folder, name);
    const { models } = await watchRun(() => run("reproduce", ...settings(), ...flagsOf(assignments), "--run", path));
    // Every kernel of a step on a full batch runs the rung that kernels.json names.
    expect(models.flat().flatMap(({ unlisted }) => unlisted)).toEqual([]);
    return outcomeOf(path);
  }

  let plain: Record<string, unknown>;
  let noisy: Record<string, unknown>;
  beforeAll(async () => {
    birds = await drawBirds(join(folder, "birds"));
    plain = await outcomeWith("plain", []);
    noisy = await outcomeWith("noisy", noise);
  });

  const differing = (outcome: Record<string, unknown>) =>
    ["teacher", "student", "noisy-student"].filter(
      (model) => JSON.stringify(outcome[model]) !== JSON.stringify(plain[model]),
    );

  it("network.noised: the noise reaches those models that it names, and none else", async () => {
    expect(differing(noisy)).toEqual(["noisy-student"]);
    // What comes after a model that differs differs too: it learns from another teacher.
    const students = await outcomeWith("students", [...noise, "network.noised=students"]);
    expect(differing(students)).toEqual(["student", "noisy-student"]);
    expect(students["noisy-student"]).toEqual(noisy["noisy-student"]);
    expect(differing(await outcomeWith("all", [...noise, "network.noised=all"]))).toContain("teacher");
  });
});

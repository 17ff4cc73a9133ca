import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readStudy } from "@fledge/study";
import { describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { changedSettings } from "../src/study/changed-settings.ts";
import { commandsOf } from "../src/study/commands-of.ts";
import { openStudy } from "../src/study/open-study.ts";
import { comparisonsOf } from "../src/study/outcomes.ts";
import { configOfVariant, pathChanges } from "../src/study/path-steps.ts";

const folder = join(import.meta.dirname, "../studies");
const files = readdirSync(folder);
const at = (scale: string | undefined) => (scale === undefined ? {} : { scale });

it("there is a file for every study that the documents name", () => {
  const names = [
    "foreign-classes",
    "label-fraction",
    "limitations",
    "paper-tables",
    "paper-text-to-clean",
    "robustness",
  ];
  expect(files.toSorted()).toEqual(names.map((name) => `${name}.yaml`));
});

describe.each(files)("%s", (name) => {
  const file = join(folder, name);

  it("has the name of its file, six seeds, and a smoke scale of as many", async () => {
    const study = await readStudy(file);
    expect(`${study.name}.yaml`).toBe(name);
    expect(Object.keys(study.scales)).toContain("smoke");
    for (const scale of [undefined, "smoke"]) expect((await openStudy(file, at(scale))).study.seeds).toHaveLength(6);
  });

  it("expands at every scale, each variant another configuration than the baseline, and every other", async () => {
    const scales = [undefined, ...Object.keys((await readStudy(file)).scales)];
    for (const scale of scales) {
      const { study, nodes } = await openStudy(file, at(scale));
      const variants = Object.keys(study.variants);
      const configs = variants.map((variant) => configOfVariant(nodes, variant));
      configs.forEach((config, index) => {
        for (const other of configs.slice(0, index))
          expect(changedSettings(other, config), `${variants[index]} at ${scale}`).not.toEqual([]);
      });
      expect(comparisonsOf(study, nodes).length).toBeGreaterThan(0);
      for (const node of nodes) expect(commandsOf(node, "folder", []).length).toBeGreaterThan(0);
    }
  });
});

it("paper-text-to-clean ends at the preset, a setting to a step", async () => {
  const { study, nodes } = await openStudy(join(folder, "paper-text-to-clean.yaml"), {});
  expect(pathChanges(study, nodes)).toEqual([
    ["data.removeTestOverlap: true"],
    ['views.evaluation: "center"'],
    ['pseudoLabels.from: "teacher"'],
  ]);
  const [first, last] = [configOfVariant(nodes, study.path![0]!), configOfVariant(nodes, study.path!.at(-1)!)];
  expect(changedSettings(presets["paper-text"]!, first)).toEqual(["seed: 1"]);
  expect(changedSettings(presets["clean"]!, last)).toEqual(["seed: 1"]);
});

it("the curves' lines are of models, teachers' and yardsticks' among them", async () => {
  const linesOf = async (name: string): Promise<string[]> => [
    ...new Set((await openStudy(join(folder, name), {})).places.map(({ line, x }) => `${line} ${x}`)),
  ];
  expect(await linesOf("label-fraction.yaml")).toEqual(
    expect.arrayContaining(["Teacher 0.1", "Noisy Student 1", "Supervised + noise 0.25"]),
  );
  expect(await linesOf("foreign-classes.yaml")).toEqual(expect.arrayContaining(["Teacher 0", "Noisy Student 0.75"]));
});

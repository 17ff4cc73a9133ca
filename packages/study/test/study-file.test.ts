import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { atScale, expand, readStudy, studyJsonSchema, studyOf, type Study } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "fledge-study-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const sound = `
name: limits
about: Does dropout help?
preset: demo
seeds: [1, 2]
baseline: paper
set: { epochs.teacher: 4 }
variants:
  paper: {}
  dropout: { network.dropout: 0.5, epochs.teacher: 6 }
scales:
  smoke: { seeds: [7], set: { epochs.teacher: 1 } }
`;

describe("a study's file", () => {
  it("is YAML or JSON", async () => {
    const yaml = await readStudy(file("a.yaml", sound));
    const json = await readStudy(file("a.json", JSON.stringify(yaml)));
    expect(json).toEqual(yaml);
    expect(yaml.vary).toEqual(["seed"]);
  });

  it.each([
    ["is no YAML", "name: [", /b\.yaml is no YAML/],
    ["lacks a baseline", sound.replace("baseline: paper", "baseline: papre"), /baseline: is no variant of this study/],
    ["repeats a seed", sound.replace("[1, 2]", "[1, 1]"), /seeds: a seed stands twice/],
    ["has a key that there is not", sound.replace("seeds:", "seed:"), /seeds/],
    ["has a name that is no folder's", sound.replace("  dropout:", "  ../x:"), /variants/],
  ])("that %s is refused by its name", async (_, text, message) => {
    const path = file("b.yaml", text);
    await expect(readStudy(path)).rejects.toThrow(message);
    await expect(readStudy(path)).rejects.toThrow(path);
  });

  it("that is not there is refused", async () => {
    await expect(readStudy(join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml cannot be read \(ENOENT\)/);
  });

  it("has a JSON schema for editors", () => {
    expect(studyJsonSchema()).toMatchObject({
      type: "object",
      required: expect.arrayContaining(["variants", "seeds"]),
    });
  });
});

describe("a scale", () => {
  it("lays its seeds and settings over the study's, below the variants'", async () => {
    const study = atScale(await readStudy(file("c.yaml", sound)), "smoke", "c.yaml");
    const runs = expand(study, () => ({ teacher: undefined }));
    expect(runs.map(({ id }) => id)).toEqual(["runs/paper-7", "runs/dropout-7"]);
    expect(runs[0]!.run.settings).toEqual({ "epochs.teacher": 1, seed: 7 });
    expect(runs[1]!.run.settings).toEqual({ "epochs.teacher": 6, "network.dropout": 0.5, seed: 7 });
  });

  it("that there is not is refused with those that there are", async () => {
    const study = await readStudy(file("d.yaml", sound));
    expect(() => atScale(study, "full", "d.yaml")).toThrow(/d\.yaml has no scale "full"; it has smoke/);
  });
});

describe("expand", () => {
  const study: Study = studyOf(
    {
      name: "s",
      about: "a",
      preset: "demo",
      seeds: [1, 2],
      vary: ["seed", "split.seed"],
      baseline: "a",
      variants: { a: {}, b: { x: 1 }, alone: { method: "supervised-noise" } },
    },
    "here",
  );

  it("trains what several runs share once, before them", () => {
    const nodes = expand(study, ({ seed, variant }) => ({ teacher: variant === "alone" ? undefined : `t${seed}` }));
    expect(nodes.map(({ id, needs }) => [id, ...needs])).toEqual([
      ["teachers/t1"],
      ["teachers/t2"],
      ["runs/a-1", "teachers/t1"],
      ["runs/b-1", "teachers/t1"],
      ["runs/alone-1"],
      ["runs/a-2", "teachers/t2"],
      ["runs/b-2", "teachers/t2"],
      ["runs/alone-2"],
    ]);
  });

  it("gives every setting that varies the seed's value", () => {
    const [node] = expand(study, () => ({ teacher: undefined })).filter(({ id }) => id === "runs/b-2");
    expect(node!.run.settings).toEqual({ x: 1, seed: 2, "split.seed": 2 });
  });
});

import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataset, type RandAugmentOptions } from "@fledge/data";
import { beforeAll, describe, expect, it } from "vitest";
import { canBeDrawn, onlyOperation, operationRows } from "../src/augment-preview/magnitudes.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));

describe("the rows", () => {
  it.each<[RandAugmentOptions, number, number]>([
    [{}, 15, 10],
    [{ library: "ildoonet", n: 2, m: 9 }, 16, 31],
    [{ library: "torchvision" }, 14, 31],
    [{ library: "torchvision", bins: 256, m: 9 }, 14, 31],
  ])("of %j are all operations, at every magnitude or at 31 of them", (options, operations, magnitudes) => {
    const rows = operationRows(options);
    expect(rows).toHaveLength(operations);
    const rotate = rows.find(({ name }) => name === "Rotate")!;
    expect(rotate.magnitudes).toHaveLength(magnitudes);
    expect([rotate.magnitudes[0], rotate.magnitudes.at(-1)]).toEqual([
      0,
      options.library === "torchvision" ? (options.bins ?? 31) - 1 : magnitudes - 1,
    ]);
    expect(rows.find(({ name }) => name === "Equalize")!.magnitudes).toEqual([null]);
  });

  it("say what the settings can draw", () => {
    const settings = { Rotate: { range: [2, 5] as const, probability: 0.5 }, Color: {}, Invert: { probability: 0 } };
    const rows = new Map(operationRows({ operations: settings }).map((row) => [row.name, row]));
    const drawn = (name: string) =>
      rows.get(name)!.magnitudes.filter((magnitude) => canBeDrawn(rows.get(name)!, magnitude));
    expect(drawn("Rotate")).toEqual([2, 3, 4, 5]);
    expect(drawn("Color")).toHaveLength(10);
    expect([drawn("Invert"), drawn("Equalize")]).toEqual([[], []]);
    expect(
      operationRows({ operations: ["Color"] })
        .filter((row) => canBeDrawn(row, row.magnitudes[0]!))
        .map(({ name }) => name),
    ).toEqual(["Color"]);
  });

  it("show one operation at one magnitude, in the settings' ways otherwise", () => {
    const options = { fill: [1, 2, 3], maxTranslation: 0.1, operations: ["Color"], probability: 0.2 } as const;
    expect(onlyOperation(options, "Rotate", 4)).toEqual({
      ...options,
      operations: ["Rotate"],
      probability: 1,
      n: 1,
      m: 4,
    });
  });
});

const preview = async (name: string, ...args: string[]) => {
  const out = join(folder, `${name}.html`);
  const { code, output } = await run("augment", "preview", "--out", out, ...args);
  return { code, output, out, page: code === 0 ? await readFile(out, "utf8") : "" };
};

describe("without a teacher", () => {
  it("the page has a picture of every operation, and says how to get the shares", async () => {
    const { code, output, page } = await preview("alone", ...birds, "--count", "2");
    expect(code, output).toBe(0);
    expect(page.match(/data:image\/jpeg;base64,/g)).toHaveLength(15);
    expect(page).toContain("With <code>--run</code> a trained teacher");
    expect(page).not.toContain("http");
    expect(output).toContain("15 operations on 2 images");
  });

  it("shows the images that are named, in another library", async () => {
    const dataset = readDataset(birds[1]!);
    const file = join(dataset.root, dataset.samples[0]!.path);
    const settings = ["--set", "randAugment.library=ildoonet", "--set", "randAugment.n=2", "--set", "randAugment.m=9"];
    const { code, output, page } = await preview("named", "--images", file, ...settings);
    expect(code, output).toBe(0);
    expect(output).toContain("16 operations on 1 images");
    expect(page).toContain("operation by operation: ildoonet");
  });

  it.each<[string, string[], string | RegExp]>([
    ["a folder that is not there", ["--labelled", join(folder, "none")], "data.labelled: there is no folder"],
    ["no image", ["--images", join(folder, "birds")], /birds/],
    ["a run that is none", ["--run", join(folder, "none")], "holds no run"],
    ["a page that cannot be written", [...birds, "--out", join(folder, "birds")], /birds/],
    ["an operation that is none", [...birds, "--set", 'randAugment.operations={"Rotat":{}}'], 'did you mean "Rotate"?'],
  ])("refuses %s", async (_what, args, message) => {
    const { code, output } = await preview("refused", ...args);
    expect(code).toBe(1);
    expect(output).toMatch(message);
  });
});

describe("with a run's teacher", () => {
  const trained = join(folder, "run");
  let first: Awaited<ReturnType<typeof preview>>;
  beforeAll(async () => {
    const settings = [...small, "--epochs", "3,1,1", "--set", "training.learningRate=0.1"];
    await run("train", "teacher", ...birds, ...settings, "--run", trained);
    first = await preview("with", "--run", trained, "--sample", "12");
  });

  /** The shares of an operation in the page's table, in percent. */
  const sharesOf = (page: string, name: string): number[] => {
    const row = new RegExp(`<tr><th><a href="#${name}">.*?</tr>`).exec(page)![0];
    return [...row.matchAll(/>(\d+) %<\/td>/g)].map((match) => Number(match[1]));
  };

  it("each operation has its shares: none at the magnitude that changes nothing", () => {
    expect(first.code, first.output).toBe(0);
    expect(sharesOf(first.page, "Rotate")).toHaveLength(10);
    expect(sharesOf(first.page, "Equalize")).toHaveLength(1);
    for (const name of ["Rotate", "ShearX", "TranslateX", "Color", "Brightness"])
      expect(sharesOf(first.page, name)[0]).toBe(0);
    const all = ["Invert", "Solarize", "TranslateX", "TranslateY", "Brightness"].flatMap((name) =>
      sharesOf(first.page, name),
    );
    expect(Math.max(...all)).toBeGreaterThan(0);
    expect(first.output).toMatch(/Rotate +0 /);
    expect(first.output).toContain("the training crop and mirroring alone: ");
  });

  it("are the same again, and what other settings can draw is ringed", async () => {
    const operations = 'randAugment.operations={"Rotate":{"range":[0,4]}}';
    const { page } = await preview("ringed", "--run", trained, "--sample", "12", "--set", operations);
    for (const { name } of operationRows({})) expect(sharesOf(page, name)).toEqual(sharesOf(first.page, name));
    expect(page.match(/<td class="drawn"/g)).toHaveLength(5);
    expect(first.page.match(/<td class="drawn"/g)).toHaveLength(12 * 10 + 3);
  });

  it("leaves the run as it is, and takes no settings that are the run's own", async () => {
    const { code, output } = await preview("other", "--run", trained, "--epochs", "1,1,1");
    expect(code).toBe(1);
    expect(output).toContain("--epochs: the run in");
  });

  it("names a run whose teacher is not trained", async () => {
    const empty = join(folder, "begun");
    await cp(trained, empty, { recursive: true });
    await writeFile(
      join(empty, "config.json"),
      (await readFile(join(trained, "config.json"), "utf8")).replace('"from": "teacher"', '"from": "own-split"'),
    );
    const { code, output } = await preview("begun", "--run", empty);
    expect(code).toBe(1);
    expect(output).toContain("has no trained labelling-teacher");
  });
});

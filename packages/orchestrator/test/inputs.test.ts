import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { csvCell } from "../src/report/csv-cell.ts";
import { readPins, requirePinnedWeights, withPinnedPlaces, type Pins } from "../src/run/pins.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const begun = join(folder, "begun");
await drawBirds(join(folder, "birds"));

/** A copy of the drawn birds as plain class folders, which a test may spoil, and a run with a teacher on them. */
interface Copy {
  readonly labelled: string;
  readonly unlabelled: string;
  readonly weights: string;
  readonly run: string;
}

const place = (name: string): Copy => ({
  labelled: join(folder, name, "labelled"),
  unlabelled: join(folder, name, "unlabelled"),
  weights: join(folder, name, "weights.safetensors"),
  run: join(folder, name, "run"),
});
const flagsOf = ({ labelled, unlabelled }: Copy): string[] => ["--labelled", labelled, "--unlabelled", unlabelled];

beforeAll(async () => {
  const first = place("first");
  await cp(join(folder, "birds", "CUB_200_2010", "images"), first.labelled, { recursive: true });
  await cp(join(folder, "birds", "CUB_200_2011", "images"), first.unlabelled, { recursive: true });
  const train = ["train", "teacher", ...flagsOf(first), ...small, "--epochs", "1,0,1"];
  const random = await run(...train, "--run", join(folder, "random"));
  if (random.code !== 0) throw new Error(random.output);
  await copyFile(join(folder, "random", "teacher", "best.safetensors"), first.weights);
  const { code, output } = await run(...train, "--weights", first.weights, "--run", first.run);
  if (code !== 0) throw new Error(output);
  await rename(join(folder, "first"), begun);
});

/** A copy where the run began, so that its pins lead to it. */
async function copy(): Promise<Copy> {
  await rm(join(folder, "first"), { recursive: true, force: true });
  await cp(begun, join(folder, "first"), { recursive: true, preserveTimestamps: true });
  return place("first");
}

const imagesOf = async (set: string): Promise<string[]> => {
  const [species] = (await readdir(set)).sort();
  return (await readdir(join(set, species!))).sort().map((name) => join(set, species!, name));
};

// One after the other: all of them work where the run began.
describe.sequential("a run goes on with what it began with", () => {
  it("refuses images that were added, removed or changed, and names them", async () => {
    const here = await copy();
    const [first, second, third] = (await imagesOf(here.labelled)) as [string, string, string];
    await copyFile(first, `${first}-new.jpg`);
    await rm(second);
    await copyFile(first, third);
    const { code, output } = await run("train", "student", "--run", here.run);
    expect(code, output).toBe(1);
    expect(output).toMatch(/labelled images in .*: 1 added \(.*-new\.jpg\), 1 removed \(.*\), 1 changed \(.*\.jpg\)/);
    expect(output).toContain("--accept-changed-data");
    expect(await readdir(here.run)).not.toContain("student");
  });

  it("goes on when told, and keeps what was accepted", async () => {
    const here = await copy();
    const [first] = (await imagesOf(here.unlabelled)) as [string];
    await rm(first);
    const { code, output } = await run("train", "student", "--run", here.run, "--accept-changed-data");
    expect(code, output).toBe(0);
    expect(output).toMatch(/accepted, not what the run began with: unlabelled images in .*: 1 removed/);
    const { accepted } = JSON.parse(await readFile(join(here.run, "inputs.json"), "utf8")) as {
      accepted: { changes: string[] }[];
    };
    expect(accepted.map(({ changes }) => changes)).toEqual([[expect.stringMatching(/unlabelled images .* 1 removed/)]]);
    expect((await run("evaluate", "--run", here.run)).code).toBe(0);
  });

  it("sees new content under an old size and time", async () => {
    const here = await copy();
    expect((await run("evaluate", "--run", here.run)).code).toBe(0);
    const [first] = (await imagesOf(here.labelled)) as [string];
    const bytes = await readFile(first);
    bytes[bytes.length - 20]! ^= 1;
    const time = new Date(2020, 0, 1);
    await utimes(first, time, time);
    expect((await run("evaluate", "--run", here.run)).code).toBe(0);
    await writeFile(first, bytes);
    await utimes(first, time, time);
    const { code, output } = await run("robustness", "--only", "clean", "--run", here.run);
    expect(code).toBe(1);
    expect(output).toMatch(/labelled images in .*: 1 changed/);
  });

  it("is led to where equal data were moved, and remembers it", async () => {
    const here = await copy();
    const moved = { ...here, labelled: join(folder, "first", "a"), unlabelled: join(folder, "first", "b") };
    await rename(here.labelled, moved.labelled);
    await rename(here.unlabelled, moved.unlabelled);
    const lost = await run("evaluate", "--run", here.run);
    expect(lost.code).toBe(1);
    expect(lost.output).toMatch(/data\.labelled: there is no folder .*give it with --labelled/);
    const other = await run(
      "evaluate",
      "--run",
      here.run,
      ...flagsOf({ ...moved, labelled: join(begun, "unlabelled") }),
    );
    expect(other.code).toBe(1);
    expect(other.output).toMatch(/labelled images in .*: \d+ added .* \d+ removed/);
    const found = await run("evaluate", "--run", here.run, ...flagsOf(moved));
    expect(found.code, found.output).toBe(0);
    expect((await run("robustness", "--only", "clean", "--run", here.run)).code).toBe(0);
    expect((await run("report", "--run", here.run)).code).toBe(0);
    const later = await run("train", "teacher", "--run", here.run, "--resume", "--seed", "5", ...flagsOf(moved));
    expect(later.output).toMatch(/--seed: the run in .* keeps the settings it began with/);
  });

  it("wants its initial weights where it trains, unchanged, and nowhere else", async () => {
    const here = await copy();
    const directory = await RunDirectory.open(here.run);
    await requirePinnedWeights(directory, here.weights);
    await appendFile(here.weights, " ");
    await expect(requirePinnedWeights(directory, here.weights)).rejects.toThrow(/is not the file of initial weights/);
    const changed = await run("train", "student", "--run", here.run);
    expect(changed.code).toBe(1);
    expect(changed.output).toMatch(/initial weights: .*weights\.safetensors \(sha256 \w+, was \w+\)/);
    await rm(here.weights);
    const gone = await run("train", "student", "--run", here.run);
    expect(gone.code).toBe(1);
    expect(gone.output).toMatch(/there is no file .*weights\.safetensors, from which the run in .* began/);
    const evaluated = await run("evaluate", "--run", here.run);
    expect(evaluated.code, evaluated.output).toBe(0);
    await copyFile(join(begun, "weights.safetensors"), `${here.weights}.moved`);
    const args = ["train", "teacher", "--run", here.run, "--resume", "--weights", `${here.weights}.moved`];
    expect((await run(...args)).code).toBe(0);
    expect((await run("train", "student", "--run", here.run)).code).toBe(0);
  });

  it("refuses another program, says what differs, and goes on when told, once for all", async () => {
    const here = await copy();
    const file = join(here.run, "inputs.json");
    const pins = JSON.parse(await readFile(file, "utf8")) as Pins;
    expect((pins.code.sources as Record<string, string>)["kernels/conv2d"]).toMatch(/^[0-9a-f]{16}$/);
    const sources = { ...(pins.code.sources as Record<string, string>), "kernels/conv2d": "0" };
    const changed = JSON.stringify({ ...pins, code: { ...pins.code, commit: "abc", sources } });
    await writeFile(file, changed);
    for (const accepted of [[], ["--accept-changed-data"]]) {
      const { code, output } = await run("robustness", "--only", "clean", "--run", here.run, ...accepted);
      expect(code, output).toBe(1);
      expect(output).toMatch(/the program, commit \S+ \(was abc\): kernels\/conv2d\n/);
      expect(output).toContain("--accept-changed-code");
      expect(await readFile(file, "utf8")).toBe(changed);
    }
    const told = await run("robustness", "--only", "clean", "--run", here.run, "--accept-changed-code");
    expect(told.code, told.output).toBe(0);
    expect(told.output).toMatch(/accepted, not what the run began with: the program, commit \S+ \(was abc\)/);
    const { accepted } = JSON.parse(await readFile(file, "utf8")) as Pins;
    expect(accepted.flatMap(({ changes }) => changes)).toEqual([expect.stringMatching(/^the program, commit/)]);
    const later = await run("evaluate", "--run", here.run);
    expect(later.code, later.output).toBe(0);
    expect(later.output).not.toContain("the program");
  });

  it("finds its inputs where they were, whatever the same name leads to from here", async () => {
    const here = await copy();
    const { config } = await RunDirectory.open(here.run);
    const pins = (await readPins(await RunDirectory.open(here.run)))!;
    expect(withPinnedPlaces(config, { ...pins, labelled: { ...pins.labelled, given: "packages" } }).data.labelled).toBe(
      here.labelled,
    );
    const gone = { ...pins.labelled, folder: join(folder, "nowhere"), given: here.unlabelled };
    expect(withPinnedPlaces(config, { ...pins, labelled: gone }).data.labelled).toBe(here.unlabelled);
    expect(withPinnedPlaces(config, { ...pins, weights: null }).network.weights).toBe(here.weights);
  });

  it("says that the file of what it began with is damaged", async () => {
    const here = await copy();
    await writeFile(join(here.run, "inputs.json"), "{}");
    expect((await run("evaluate", "--run", here.run)).output).toMatch(/inputs\.json is damaged: restore it/);
  });
});

describe("data that no run can mean", () => {
  const dry = ["reproduce", ...small, "--run", join(folder, "never")];

  it("swapped years, by their lists and by their counts", async () => {
    const [labelled, unlabelled] = [join(folder, "birds", "CUB_200_2011"), join(folder, "birds", "CUB_200_2010")];
    for (const below of ["", "images"]) {
      const sets = { ...place(""), labelled: join(labelled, below), unlabelled: join(unlabelled, below) };
      if (below !== "") await copyFile(join(folder, "birds", "manifest.json"), join(labelled, "manifest.json"));
      if (below !== "") await copyFile(join(folder, "birds", "manifest.json"), join(unlabelled, "manifest.json"));
      const { code, output } = await run(...dry, ...flagsOf(sets));
      expect(code).toBe(1);
      expect(output).toMatch(/Swap what --labelled and --unlabelled name/);
    }
    const verified = await run("dataset", "verify", "--labelled", labelled, "--unlabelled", unlabelled);
    expect(verified.output).toMatch(/^wrong +both +two data sets/m);
  });

  it("one folder twice, by whatever name, or one inside the other", async () => {
    const birds = join(folder, "birds", "CUB_200_2010");
    await symlink(birds, join(folder, "link"));
    for (const unlabelled of [birds, join(birds, "images"), join(folder, "link")]) {
      const { code, output } = await run(...dry, ...flagsOf({ ...place(""), labelled: birds, unlabelled }));
      expect(code).toBe(1);
      expect(output).toMatch(/it is, holds or lies in the folder of the labelled images/);
    }
  });

  it("one class, or classes one level too deep", async () => {
    const one = join(folder, "one");
    const birds = join(folder, "birds", "CUB_200_2010", "images");
    const [species] = await readdir(birds);
    await cp(join(birds, species!), join(one, "flat", species!), { recursive: true });
    await cp(birds, join(one, "split", "train"), { recursive: true });
    await cp(birds, join(one, "split", "test"), { recursive: true });
    await mkdir(join(one, "deep"));
    await cp(birds, join(one, "deep", "images", "images"), { recursive: true });
    const wanted = { flat: /it holds one class/, split: /lie one level deeper/, deep: /lie one level deeper/ };
    for (const [name, message] of Object.entries(wanted)) {
      const sets = { ...place(""), labelled: join(one, name), unlabelled: join(folder, "birds", "CUB_200_2011") };
      const { code, output } = await run(...dry, ...flagsOf(sets));
      expect(code).toBe(1);
      expect(output).toMatch(message);
    }
  });
});

it("writes cells that no spreadsheet takes for formulas and no reader for two lines", () => {
  expect(["=cmd|'/c calc'!A1", "+1", "-1", "@x", "a=b"].map(csvCell)).toEqual([
    "'=cmd|'/c calc'!A1",
    "'+1",
    "'-1",
    "'@x",
    "a=b",
  ]);
  expect(csvCell('a,"b"')).toBe('"a,""b"""');
  expect(csvCell("a\nb\tc\x1b[31m\udce9")).toBe("a\\nb\\x09c\\x1b[31m\\xe9");
});

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OverlapRecord } from "../src/overlap/records.ts";
import { pairsToShow } from "../src/overlap/page.ts";
import { drawBirds } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
await drawBirds(join(folder, "birds"), 0.5);
const [old, later] = ["CUB_200_2010", "CUB_200_2011"].map((name) => join(folder, "birds", name)) as [string, string];

const overlap = (...args: string[]) => run("dataset", "overlap", ...args, "--workers", "0");

const readRecord = async (file: string): Promise<OverlapRecord> =>
  JSON.parse(await readFile(file, "utf8")) as OverlapRecord;

describe("two data sets", async () => {
  const [json, csv, page] = ["found.json", "found.csv", "found.html"].map((name) => join(folder, "out", name)) as [
    string,
    string,
    string,
  ];
  const { code, output } = await overlap(old, later, "--json", json, "--csv", csv, "--page", page);
  const lines = (await readFile(join(folder, "birds", "overlap-truth.csv"), "utf8")).trimEnd().split("\n").slice(1);
  const truth = lines.map((line) =>
    line
      .split(",")
      .map((path) => path.split("/").slice(2).join("/"))
      .join(" "),
  );

  it("finds every known repeat and no other pair, and writes pairs and groups as JSON", async () => {
    expect(code).toBe(0);
    expect(truth.length).toBe(24);
    const { pairs, groups, datasets } = await readRecord(json);
    expect(pairs.map(({ first, second }) => `${first.path} ${second.path}`).sort()).toEqual([...truth].sort());
    expect(new Set(pairs.map(({ first, second }) => `${first.dataset} ${second.dataset}`))).toEqual(
      new Set([`${old} ${later}`]),
    );
    expect(groups).toHaveLength(24);
    expect(datasets.map(({ images, unreadable }) => [images, unreadable.length])).toEqual([
      [48, 0],
      [36, 0],
    ]);
    expect(output).toContain(`between ${old} and ${later}: 24 pairs, 0 of the same bytes, 0 mirrored`);
  });

  it("writes a row for every pair as CSV", async () => {
    const [header, ...rows] = (await readFile(csv, "utf8")).trimEnd().split("\n");
    expect(header).toBe("group,dataset,path,other_dataset,other_path,same_bytes,mirrored,score,changed");
    expect(
      rows
        .map((row) => row.split(","))
        .map((cells) => `${cells[2]} ${cells[4]}`)
        .sort(),
    ).toEqual([...truth].sort());
  });

  it("shows the pairs on one page, the most doubtful first", async () => {
    const html = await readFile(page, "utf8");
    expect(html.match(/data:image\/jpeg;base64,/g)).toHaveLength(48);
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    const scores = [...html.matchAll(/score (\d\.\d+)/g)].map(([, score]) => Number(score));
    expect(scores).toHaveLength(24);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  });
});

it("within one data set: shows names as text, says what is of the same bytes and what cannot be read", async () => {
  const own = join(folder, "own");
  await mkdir(join(own, "birds"), { recursive: true });
  const { pairs } = await readRecord(join(folder, "out", "found.json"));
  const image = join(old, "images", pairs[0]!.first.path);
  await cp(image, join(own, "birds", `1"><img src=x>.jpg`)).catch(() => {});
  await cp(image, join(own, "birds", "2.jpg"));
  await writeFile(join(own, "birds", "3.jpg"), "no image");
  const [page, json] = [join(folder, "own.html"), join(folder, "own.json")];
  const { code, output } = await overlap(own, "--page", page, "--json", json);
  expect(code).toBe(0);
  expect(output).toContain("1 pairs, 1 of the same bytes");
  expect(output).toMatch(/1 images left out, which cannot be read/);
  expect(output).toContain("3.jpg: this image cannot be decoded");
  const html = await readFile(page, "utf8");
  expect(html).toContain("1&quot;&gt;&lt;img src=x&gt;.jpg");
  expect(html).not.toContain("<img src=x>");
  expect(html).toContain("3.jpg: this image cannot be decoded");
  const record = await readRecord(json);
  expect(record.pairs).toMatchObject([{ sameBytes: true, mirrored: false, score: 1, changed: 0, group: 1 }]);
});

it("puts pairs of the same bytes last on the page", () => {
  const image = { dataset: "a", path: "1.jpg" };
  const pair = (score: number, sameBytes: boolean) =>
    ({ group: 1, first: image, second: image, sameBytes, mirrored: false, score, changed: 0 }) as const;
  const shown = pairsToShow([pair(1, true), pair(0.99, false), pair(0.86, false)]);
  expect(shown.map(({ score }) => score)).toEqual([0.86, 0.99, 1]);
});

describe("refuses", () => {
  it("one data set given twice, or one that holds the other", async () => {
    const { code, output } = await overlap(old, join(old, "images", ".."));
    expect(code).toBe(1);
    expect(output).toMatch(/every image would repeat itself/);
  });

  it("a folder that is not there", async () => {
    const { code, output } = await overlap(join(folder, "none"));
    expect(code).toBe(1);
    expect(output).toMatch(/none: there is no such folder/);
  });

  it("a place that cannot be written, before anything is read", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const { code, output } = await overlap(old, "--csv", join(file, "found.csv"));
    expect(code).toBe(1);
    expect(output).not.toMatch(/within/);
    expect(output).toMatch(/a-file/);
  });
});

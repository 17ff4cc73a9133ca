import { cp, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));

it("prints what was expected and found, and writes it as JSON", async () => {
  const json = join(folder, "findings.json");
  const { code, output } = await run("dataset", "verify", ...birds, "--json", json);
  expect(code).toBe(0);
  expect(output).toMatch(/^verdict +data +check +expected +found +mend$/m);
  expect(output).toMatch(/^ok +labelled +images +48 +48$/m);
  expect(output).toMatch(/^ok +unlabelled +images +36 +36$/m);
  expect(output).toMatch(/^ok +both +classes under two numbers +0 +0$/m);
  expect(output).toContain("nothing is wrong");
  const written = JSON.parse(await readFile(json, "utf8")) as { labelled: string[]; findings: { verdict: string }[] };
  expect(written.labelled).toEqual([birds[1]]);
  expect(new Set(written.findings.map(({ verdict }) => verdict))).toEqual(new Set(["ok"]));
});

it("names a broken image and what to do about it, and fails", async () => {
  const spoilt = join(folder, "spoilt");
  await cp(join(folder, "birds"), spoilt, { recursive: true });
  const files = await readFile(join(spoilt, "CUB_200_2010", "lists", "files.txt"), "utf8");
  const image = join(spoilt, "CUB_200_2010", "images", files.split("\n")[0]!);
  await truncate(image, 400);
  const { code, output } = await run("dataset", "verify", "--labelled", join(spoilt, "CUB_200_2010"));
  expect(code).toBe(1);
  expect(output).toMatch(/^wrong +labelled +broken images +0 +1 +Extract them again/m);
  expect(output).toContain(`${image}: this image cannot be decoded`);
  expect(output).toMatch(/1 of \d+ checks are wrong/);
});

it("wants something to verify, and holds what has no manifest against the published data sets", async () => {
  const nothing = await run("dataset", "verify");
  expect(nothing.code).toBe(1);
  expect(nothing.output).toMatch(/nothing to verify: give --labelled, --unlabelled or both/);
  const bare = join(folder, "bare");
  await cp(join(folder, "birds"), bare, { recursive: true });
  await rm(join(bare, "manifest.json"));
  const { code, output } = await run("dataset", "verify", "--unlabelled", join(bare, "CUB_200_2011"));
  expect(code).toBe(1);
  expect(output).toMatch(/^wrong +unlabelled +images +11788 +36 +Extract the published archive again$/m);
});

import { cp, mkdir, readFile, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));

it("sets broken images aside, counts them on the console, names them in the manifest and goes on without them", async () => {
  const images = join(birds[1]!, "images");
  const [species] = await readdir(images);
  const [first, second] = (await readdir(join(images, species!))).sort();
  for (const name of [first!, second!]) await truncate(join(images, species!, name), 700);
  const runFolder = join(folder, "run");
  const { code, output } = await run(
    "reproduce",
    ...birds,
    ...small,
    "--batch-size",
    "9",
    "--epochs",
    "1,1,1",
    "--run",
    runFolder,
  );
  expect(code, output).toBe(0);
  const manifest = join(runFolder, "data", "labelled.manifest.json");
  expect(output).toContain(`labelled images: 2 broken ones set aside, listed in ${manifest}`);
  expect(output).toContain("labelled: 46 images of 3 classes; unlabelled: 36 images");
  const { broken } = JSON.parse(await readFile(manifest, "utf8")) as { broken: { path: string; reason: string }[] };
  expect(broken.map(({ path }) => path)).toEqual([`${species}/${first}`, `${species}/${second}`]);
  for (const { reason } of broken) expect(reason).not.toBe("");
  expect((await epochsOf(runFolder, "teacher"))[0]!.images).toBe(46 - 4 - 9);
});

it("sets aside links to nothing, other formats and second names, and says which class has nothing left", async () => {
  const odd = join(folder, "odd");
  await cp(join(birds[1]!, "images"), join(odd), { recursive: true });
  const [species] = await readdir(odd);
  await mkdir(join(odd, "004.Extra"));
  await writeFile(join(odd, "004.Extra", "._x.jpg"), "\0\x05\x16\x07\0\x02\0\0Mac OS X        ");
  await symlink("/nowhere/x.jpg", join(odd, species!, "Gone.jpg"));
  await symlink(".", join(odd, species!, "latest"));
  await writeFile(join(odd, species!, "=cmd\x1b[31m.jpg"), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const runFolder = join(folder, "odd-run");
  const odds = ["--epochs", "1,0,1", "--batch-size", "10"];
  const sets = ["--labelled", odd, "--unlabelled", join(birds[3]!, "images")];
  const { code, output } = await run("train", "teacher", ...sets, ...small, ...odds, "--run", runFolder);
  expect(code, output).toBe(0);
  expect(output).not.toContain("\x1b[31m.jpg");
  expect(output).toContain('none of the class "004.Extra" can be decoded');
  const manifest = JSON.parse(await readFile(join(runFolder, "data", "labelled.manifest.json"), "utf8")) as {
    broken: { path: string; reason: string }[];
  };
  const reasons = manifest.broken.map(({ reason }) => reason).join("\n");
  for (const wanted of [
    /AppleDouble/,
    /a link to "\/nowhere/,
    /latest: another name of/,
    /=cmd\\x1b\[31m\.jpg: .*an SVG/,
  ]) {
    expect(reasons).toMatch(wanted);
  }
});

it("says so where no image is left", async () => {
  const bad = join(folder, "bad");
  await cp(birds[3]!, bad, { recursive: true });
  for (const species of await readdir(join(bad, "images"))) {
    for (const name of await readdir(join(bad, "images", species)))
      await truncate(join(bad, "images", species, name), 10);
  }
  const { code, output } = await run(
    "reproduce",
    "--labelled",
    birds[1]!,
    "--unlabelled",
    bad,
    ...small,
    "--run",
    join(folder, "none"),
  );
  expect(code).toBe(1);
  expect(output).toMatch(/bad\/images: no image of it can be decoded/);
});

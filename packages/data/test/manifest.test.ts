import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { validateDataset } from "../src/manifest.ts";
import { readImageFolder } from "../src/readers/image-folder.ts";
import { temporaryFolder, writeFiles, writeJpeg } from "./folders.ts";

async function folderWithABrokenImage(): Promise<string> {
  const root = temporaryFolder();
  for (const [i, name] of ["a/1.jpg", "a/2.jpg", "b/1.jpg"].entries()) await writeJpeg(join(root, name), 9, 7, i);
  writeFiles(root, { "b/torn.jpg": "not an image" });
  return root;
}

test("a broken image is set aside, named in the manifest and counted", async () => {
  const root = await folderWithABrokenImage();
  const output = join(temporaryFolder(), "new", "folder");
  const progress: number[] = [];
  const whole = readImageFolder(root);
  const { dataset, broken, manifestFile } = await validateDataset(whole, output, (done) => progress.push(done));
  expect(dataset.samples.map(({ path }) => path)).toEqual(["a/1.jpg", "a/2.jpg", "b/1.jpg"]);
  expect(broken).toEqual([{ path: "b/torn.jpg", reason: expect.stringMatching(/torn\.jpg: .*unsupported/) }]);
  expect(progress).toEqual([1, 2, 3, 4]);
  const manifest: unknown = JSON.parse(readFileSync(manifestFile, "utf8"));
  expect(manifest).toMatchObject({ dataset: whole.name, root, checked: 4, broken });
  expect(readdirSync(output)).toEqual([`${whole.name}.manifest.json`]);
});

test("an unchanged file keeps its finding, a changed one is decoded again", async () => {
  const root = await folderWithABrokenImage();
  const output = temporaryFolder();
  const whole = readImageFolder(root);
  const swapped = join(root, "a/2.jpg");
  const time = new Date(2020, 0, 1); // whole seconds: utimes would round finer ones
  utimesSync(swapped, time, time);
  const first = await validateDataset(whole, output);
  // Good bytes exchanged for bad ones of the same size and time: only the manifest's finding can say "good" ...
  writeFileSync(swapped, Buffer.alloc(statSync(swapped).size));
  utimesSync(swapped, time, time);
  expect((await validateDataset(whole, output)).broken).toEqual(first.broken);
  // ... but with another time, or another size, they must be seen.
  utimesSync(swapped, time, new Date(2021, 0, 1));
  expect((await validateDataset(whole, output)).broken.map(({ path }) => path)).toEqual(["a/2.jpg", "b/torn.jpg"]);
  await writeJpeg(join(root, "b/torn.jpg"), 8, 8, 9);
  await writeJpeg(swapped, 8, 8, 10);
  expect((await validateDataset(whole, output)).broken).toEqual([]);
});

test("a vanished image and a torn manifest are named", async () => {
  const root = await folderWithABrokenImage();
  const output = temporaryFolder();
  const whole = readImageFolder(root);
  const { manifestFile } = await validateDataset(whole, output);
  rmSync(join(root, "a/2.jpg"));
  await expect(validateDataset(whole, output)).rejects.toThrow(/2\.jpg: this image has vanished/);
  writeFileSync(manifestFile, "{");
  await expect(validateDataset(whole, output)).rejects.toThrow(/manifest\.json: this manifest is not valid JSON/);
  for (const damaged of ["3", "null", JSON.stringify({ root, broken: 3, files: {} })]) {
    writeFileSync(manifestFile, damaged);
    await expect(validateDataset(whole, output)).rejects.toThrow(
      /manifest\.json: this manifest is damaged\. Delete it/,
    );
  }
});

test.each(["", "0", "-2", "many", "2.5", "2000", "Infinity"])(
  "UV_THREADPOOL_SIZE=%j changes no finding",
  async (size) => {
    vi.stubEnv("UV_THREADPOOL_SIZE", size);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { broken } = await validateDataset(readImageFolder(await folderWithABrokenImage()), temporaryFolder());
    expect(broken.map(({ path }) => path)).toEqual(["b/torn.jpg"]);
  },
);

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findImages } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "find-images-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

await mkdir(at("photos", "2026"), { recursive: true });
for (const name of ["b.jpg", "A.PNG", "notes.txt", "2026/c.webp"]) await writeFile(at("photos", name), "");
await symlink(at("photos", "b.jpg"), at("photos", "again.jpg"));
await mkdir(at("empty"));

it("takes the images of a folder and of folders in it, flat ones too, each once", () => {
  const { files, setAside } = findImages([at("photos")]);
  expect(files).toEqual(["2026/c.webp", "A.PNG", "b.jpg"].map((name) => at("photos", name)));
  expect(setAside).toEqual([{ path: at("photos", "again.jpg"), reason: expect.stringContaining("another name of") }]);
});

it("takes a file whatever it is called, in the order given", () => {
  const given = [at("photos", "notes.txt"), at("photos", "b.jpg")];
  expect(findImages(given)).toEqual({ files: given, setAside: [] });
});

it("names what is not there, and a folder without images", () => {
  expect(() => findImages([at("nowhere")])).toThrow(/nowhere: there is no such file or folder/);
  expect(() => findImages([at("empty")])).toThrow(/empty: there is no image in this folder/);
});

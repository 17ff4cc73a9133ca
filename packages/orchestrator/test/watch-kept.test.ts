import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KeptFiles, KeptPictures } from "../src/watch/kept.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();

it("reads a file again only where it has changed", async () => {
  const files = new KeptFiles();
  const file = join(folder, "labels.csv");
  const parsed: string[] = [];
  const look = (): Promise<string | undefined> => files.of(file, (text) => (parsed.push(text), `parsed ${text}`));
  expect(await look()).toBeUndefined();
  await writeFile(file, "one");
  expect([await look(), await look()]).toEqual(["parsed one", "parsed one"]);
  await writeFile(file, "two");
  await utimes(file, 1, 1); // As long as before: its time alone tells.
  expect([await look(), await look()]).toEqual(["parsed two", "parsed two"]);
  expect(parsed).toEqual(["one", "two"]);
});

it("draws a picture again only where it shows something else", () => {
  const pictures = new KeptPictures();
  const drawn: number[] = [];
  const picture = (name: string, value: number): string =>
    pictures.of(name, { value }, () => {
      drawn.push(value);
      return `${name} ${value}`;
    });
  expect([picture("loss", 1), picture("rate", 1), picture("loss", 1), picture("loss", 2)]).toEqual([
    "loss 1",
    "rate 1",
    "loss 1",
    "loss 2",
  ]);
  expect(drawn).toEqual([1, 1, 2]);
});

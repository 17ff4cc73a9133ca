import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeRgb } from "../src/decode.ts";
import { DataError } from "../src/error.ts";
import { temporaryFolder } from "./folders.ts";

type Expected = { width: number; height: number; sha256: string } | { error: true };
const fixtures = join(import.meta.dirname, "fixtures");
const { images } = JSON.parse(readFileSync(join(fixtures, "pillow.json"), "utf8")) as {
  images: Record<string, Expected>;
};
const file = (name: string): string => join(fixtures, "decode", name);

/** The one known difference among these: Pillow clips 16-bit grey to 255, we take the high byte as for 16-bit RGB. */
const differing = "grey-16.png";

describe("decodeRgb gives Pillow's bytes", () => {
  test.each(Object.entries(images).filter(([name]) => name !== differing))("%s", async (name, expected) => {
    if ("error" in expected) {
      await expect(decodeRgb(file(name))).rejects.toThrow(DataError);
      return;
    }
    const { width, height, data } = await decodeRgb(file(name));
    expect({ width, height }).toEqual({ width: expected.width, height: expected.height });
    expect(createHash("sha256").update(data).digest("hex")).toBe(expected.sha256);
  });
});

test("16-bit grey takes the high byte, as 16-bit grey with alpha does", async () => {
  const [plain, withAlpha] = await Promise.all([decodeRgb(file(differing)), decodeRgb(file("grey-alpha-16.png"))]);
  expect(plain).toEqual(withAlpha);
});

test("a file name with brackets is read as it stands", async () => {
  const odd = join(temporaryFolder(), "bird [page=1].jpg");
  copyFileSync(file("baseline-420.jpg"), odd);
  expect(await decodeRgb(odd)).toEqual(await decodeRgb(file("baseline-420.jpg")));
});

test("what cannot be decoded is named with its reason", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "page.jpg"), "<html>404</html>");
  writeFileSync(join(folder, "empty.jpg"), "");
  await expect(decodeRgb(join(folder, "page.jpg"))).rejects.toThrow(/page\.jpg: .*unsupported image format/);
  await expect(decodeRgb(join(folder, "empty.jpg"))).rejects.toThrow(/empty\.jpg: .*empty/);
  await expect(decodeRgb(join(folder, "none.jpg"))).rejects.toThrow(/none\.jpg: .*no such file/);
});

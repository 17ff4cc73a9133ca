import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeTable } from "../src/benches/readme.ts";

let folder = "";
let readme = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fledge-readme-"));
  readme = join(folder, "README.md");
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (ladder: string, table = ""): string => `<!-- ladder:${ladder} -->\n${table}<!-- /ladder -->\n`;

it("replaces what stands between a ladder's markers and nothing else, as often as it is run", async () => {
  const text = (forward: string): string =>
    `# conv\n\n${place("conv-forward", forward)}\nWhy.\n\n${place("conv-grad", "old\n")}`;
  writeFileSync(readme, text("an older | table\n"));
  for (const table of ["| a |", "| b | $& |"]) {
    await writeTable(readme, "conv-forward", table);
    expect(readFileSync(readme, "utf8")).toBe(text(`\n${table}\n\n`));
  }
  expect(readdirSync(folder)).toEqual(["README.md"]);
});

it.each([
  ["no marker", "# conv\n"],
  ["only another ladder's marker", place("conv-forward-fast")],
  ["no closing marker", "<!-- ladder:conv-forward -->\n"],
  ["the closing marker of the next ladder alone", `<!-- ladder:conv-forward -->\n${place("conv-grad")}`],
  ["the marker twice", place("conv-forward") + place("conv-forward")],
])("names file and mend where there is %s, and leaves the file alone", async (_what, text) => {
  writeFileSync(readme, text);
  await expect(writeTable(readme, "conv-forward", "| a |")).rejects.toThrow(
    `${readme} has no place for the table of conv-forward: write <!-- ladder:conv-forward --> and <!-- /ladder -->`,
  );
  expect(readFileSync(readme, "utf8")).toBe(text);
});

import { expect, it } from "vitest";
import { replaceBlock } from "../../src/ladders/blocks.ts";

const place = (ladder: string, table = ""): string => `<!-- ladder:${ladder} -->\n${table}<!-- /ladder -->\n`;

it("replaces what stands between a ladder's markers and nothing else, as often as it is run", () => {
  const text = (forward: string): string =>
    `# conv\n\n${place("conv-forward", forward)}\nWhy.\n\n<!-- tree:conv-forward -->\n<!-- /tree -->\n${place("conv-grad", "old\n")}`;
  let now = text("an older | table\n");
  for (const table of ["| a |", "| b | $& |"]) {
    now = replaceBlock(now, "README.md", "ladder", "conv-forward", table);
    expect(now).toBe(text(`\n${table}\n\n`));
  }
  expect(replaceBlock(now, "README.md", "tree", "conv-forward", "01")).toBe(
    now.replace("<!-- tree:conv-forward -->\n", "<!-- tree:conv-forward -->\n\n01\n\n"),
  );
});

it.each([
  ["no marker", "# conv\n"],
  ["only another ladder's marker", place("conv-forward-fast")],
  ["no closing marker", "<!-- ladder:conv-forward -->\n"],
  ["the closing marker of the next ladder alone", `<!-- ladder:conv-forward -->\n${place("conv-grad")}`],
  ["the marker twice", place("conv-forward") + place("conv-forward")],
])("names file and mend where there is %s", (_what, text) => {
  expect(() => replaceBlock(text, "README.md", "ladder", "conv-forward", "| a |")).toThrow(
    "README.md has no place for the ladder of conv-forward: write <!-- ladder:conv-forward --> and <!-- /ladder -->",
  );
});

import { expect, test } from "vitest";
import { matchClasses } from "../src/classes.ts";

test("classes match by number; a name that differs by more than letter case is a warning", () => {
  const source = ["001.Black_footed_Albatross", "003.Sooty_Albatross"];
  const target = ["003.Sooty_Tern", "002.Laysan_Albatross", "001.Black_Footed_Albatross"];
  const { labels, warnings } = matchClasses(source, target);
  expect(labels).toEqual([2, 0]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/class 3 is "003\.Sooty_Albatross" .* "003\.Sooty_Tern"/);
});

test("a class without a number, or without a partner, is refused", () => {
  expect(() => matchClasses(["cat"], ["001.Ani"])).toThrow(/"cat" has no counterpart/);
  expect(() => matchClasses(["002.Ani"], ["001.Ani"])).toThrow(/"002\.Ani" has no counterpart/);
});

test("matches classes without numbers by name", () => {
  expect(matchClasses(["wren", "ani"], ["ani", "wren"])).toEqual({ labels: [1, 0], warnings: [] });
});

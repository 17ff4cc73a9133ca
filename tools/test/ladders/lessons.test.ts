import { expect, it } from "vitest";
import { checkLessons } from "../../src/ladders/lessons.ts";
import { plain, rungOf } from "./rungs.ts";

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `// ${i}\nconst c${i} = ${i};\n`).join("");
const added = (file: string, count: number) => rungOf(file, `${plain.module.source}${lines(count)}`, plain);
const [small, large, larger] = [added("02-small", 80), added("03-large", 81), added("04-larger", 90)];
const check = (readme: string) => checkLessons([{ name: "double", rungs: [plain, small, large, larger] }], readme);

it("wants a reason for each step of more than 80 lines", () => {
  expect(check("<!-- large: double/03-large double/04-larger -->\n\nOne idea.\n")).toEqual([]);
  const [problem, ...others] = check("<!-- large: double/04-larger -->\nOne idea.\n");
  expect(others).toEqual([]);
  expect(problem).toMatch(
    /double\/03-large is \+81 -0 .* double\/01-plain: make two .* <!-- large: double\/03-large -->/,
  );
});

it("takes no marker without a paragraph for a reason, and none for a step that is not large", () => {
  expect(check("<!-- large: double/03-large double/04-larger -->\n\n## Next\n")).toHaveLength(2);
  expect(check("<!-- large: double/02-small double/03-large double/04-larger -->\n\nOne idea.\n")).toEqual([
    "no step to double/02-small is large: take it out of <!-- large: ... -->",
  ]);
});

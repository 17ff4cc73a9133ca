import { expect, it } from "vitest";
import { codeDiff, sizeOfDiff } from "../../src/ladders/code-diff.ts";
import { renderTree } from "../../src/ladders/tree.ts";
import { deep, double, plain, wide } from "./rungs.ts";

it("puts each rung below the one it starts from, with the size of the step and the idea", () => {
  expect(renderTree(double)).toBe(
    [
      "01-plain              idea of 01-plain",
      "├─ 00-noop     +0 -2  idea of 00-noop",
      "├─ 02-wide     +1 -0  idea of 02-wide",
      "│  └─ 03-deep  +0 -2  idea of 03-deep",
      "└─ 04-other    +0 -1  idea of 04-other",
    ].join("\n"),
  );
});

it("compares code, not comments and empty lines", () => {
  expect(codeDiff(wide)!.lines).toEqual([" fn a() {}", "+fn c() {}", " fn b() {}", " fn main() {}"]);
  expect(sizeOfDiff(deep)).toBe("+0 -2");
  expect(codeDiff(plain)).toBeNull();
});

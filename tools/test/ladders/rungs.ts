import { mainPass, parseWgsl, type Ladder, type Rung } from "@fledge/runtime";

/** A rung of the ladder `double`; its file's name, its source, and the rung it starts from. */
export const rungOf = (file: string, source: string, from?: Rung<never>): Rung<never> => ({
  id: `double/${file}`,
  idea: `idea of ${file}`,
  module: parseWgsl(source),
  passes: mainPass(() => [1, 1, 1]),
  ...(from ? { from } : {}),
});

/** Lines of code with comments between them. */
const plain = rungOf("01-plain", "// rung 01: one\nfn a() {}\n\nfn b() {} // b\nfn main() {}\n");
const noop = rungOf("00-noop", "fn main() {}\n", plain);
const wide = rungOf("02-wide", "// rung 02: two\nfn a() {}\n/* c */\nfn c() {}\nfn b() {}\nfn main() {}\n", plain);
const deep = rungOf("03-deep", "fn c() {}\nfn main() {}\n", wide);
const other = rungOf("04-other", "fn a() {}\nfn main() {}\n", plain);

export const double: Ladder<never> = { name: "double", noop, rungs: [plain, wide, deep, other] };
export { deep, plain, wide };

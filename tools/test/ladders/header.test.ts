import { describe, expect, it } from "vitest";
import { checkHeader } from "../../src/ladders/header.ts";
import { plain, rungOf } from "./rungs.ts";

const code = `
const BM = 16u;
const WORKGROUP = BM * 4u;
struct Pair { count: u32, values: vec2f }
var<workgroup> sums: array<vec4f, BM * (BM + 1) / 2>;
var<workgroup> pairs: array<Pair, 2>;
@compute @workgroup_size(WORKGROUP, 2)
fn main() { sums[0] = vec4f(); }
`;
const header = `// double, rung 02: two at a time
// Computes  out[i] = 2 x[i]
//           for all i
// Layout    flat
// Mapping   invocation -> two elements
// Traffic   8 B an element
// Resources 2208 B workgroup memory; 128 invocations a workgroup; two sums
// Change    01 -> 02: two, was one
// Expect    half the invocations
// Edges     any count
// Needs     no optional feature, default limits
`;
const problemsOf = (text: string): string[] => checkHeader(rungOf("02-two", text + code, plain));
const without = (field: string): string => header.replace(new RegExp(`// ${field} .*\\n`), "");

describe("a header", () => {
  it("is right with all fields in order that agree with the code", () => {
    expect(problemsOf(header)).toEqual([]);
    expect(problemsOf(header.replace("// Mapping", "// GEMM      M = i\n// Mapping"))).toEqual([]);
    expect(problemsOf(header.replace("2208 B", "2.15625 KiB"))).toEqual([]);
  });

  it.each([
    ["a field that is missing", without("Expect"), "the header lacks Expect"],
    ["several", without("Edges").replace(/\/\/ Change.*\n/, ""), "the header lacks Change, Edges"],
    ["an unknown field", header.replace("// Needs", "// Notes     none\n// Needs"), "the header knows no Notes"],
    [
      "another order",
      without("Layout").replace("// Needs", "// Layout    flat\n// Needs"),
      "in this order: Computes, Layout, Mapping",
    ],
    ["a field twice", header.replace("// Needs", "// Edges     none\n// Needs"), "once each"],
    ["text in another column", header.replace("// Edges     any", "// Edges any"), "column 13"],
    ["a further line in another column", header.replace("//           for", "//   for"), '"//   for all i" is neither'],
    ["another rung's title", header.replace("rung 02", "rung 03"), 'its first line must hold "rung 02: "'],
    ["another rung to start from", header.replace("01 -> 02", "00 -> 02"), 'Change must begin with "01 -> 02: "'],
    [
      "a wrong size",
      header.replace("2208 B", "2 KiB"),
      "Resources says 2048 B of workgroup memory, the module has 2208 B",
    ],
    ["memory that is denied", header.replace("2208 B", "no"), "Resources says 0 B"],
    [
      "a wrong workgroup",
      header.replace("128 inv", "64 inv"),
      "Resources says 64 invocations a workgroup, the module has 128",
    ],
    [
      "free words for resources",
      header.replace("2208 B workgroup memory", "a little memory"),
      "Resources must begin with",
    ],
  ])("is wrong with %s", (_what, text, problem) => {
    expect(problemsOf(text).join("\n")).toContain(problem);
  });

  it("of the plainest rung says where the ladder starts", () => {
    const first = header.replace("rung 02", "rung 01");
    const check = (text: string): string[] => checkHeader(rungOf("01-one", text + code));
    expect(check(first)).toEqual(['Change must begin with "start: ", as ladder.ts says']);
    expect(check(first.replace("01 -> 02: ", "start: "))).toEqual([]);
  });

  it("is not held to figures that the module's text does not give", () => {
    const strange = code.replace("array<Pair, 2>", "array<Pair, min(2, 3)>").replace("WORKGROUP, 2)", "max(1, 2))");
    const rung = rungOf("02-two", header.replace("2208 B", "7 B").replace("128", "5") + strange, plain);
    expect(checkHeader(rung)).toEqual([]);
  });

  it("of a module with several entry points may give the memory of one of its variables", () => {
    const finish = "@compute @workgroup_size(64) fn finish() { pairs[0].count = 1u; }\n";
    const check = (text: string): string[] => checkHeader(rungOf("02-two", text + code + finish, plain));
    expect(check(header.replace("2208 B", "32 B").replace("128", "64"))).toEqual([]);
    expect(check(header.replace("2208 B", "48 B"))).toHaveLength(1);
  });
});

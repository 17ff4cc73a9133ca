import { describe, expect, it } from "vitest";
import { importsOf, packageOf } from "../src/floors/imports.ts";

describe("importsOf", () => {
  it("finds every form of import, with its line", () => {
    const source = [
      'import { a } from "a";',
      'import type { B } from "b";',
      'export * from "c";',
      'export { d } from "./d.ts";',
      'const e = await import("e");',
      'type F = import("f").F;',
      'vi.mock("g", async (original) => original());',
      "export const h = 1;",
    ].join("\n");
    const found = importsOf("x.ts", source).sort((x, y) => x.line - y.line);
    expect(found).toEqual(
      ["a", "b", "c", "./d.ts", "e", "f", "g"].map((specifier, index) => ({ specifier, line: index + 1 })),
    );
  });

  it("takes no import from comments and strings", () => {
    expect(importsOf("x.ts", '// import "a";\nconst text = `import "b"`;\n')).toEqual([]);
  });

  it("refuses a file that does not parse, by name", () => {
    expect(() => importsOf("broken.ts", "import {")).toThrow(/broken\.ts does not parse/);
  });
});

describe("packageOf", () => {
  it.each([
    ["zod", "zod"],
    ["zod/v4", "zod"],
    ["@fledge/data", "@fledge/data"],
    ["@fledge/data/deep", "@fledge/data"],
    ["./a.ts", null],
    ["../a.ts", null],
    ["/a.ts", null],
    ["file:///a.ts", null],
  ])("of %s is %s", (specifier, name) => {
    expect(packageOf(specifier)).toBe(name);
  });
});

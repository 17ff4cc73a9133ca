import { describe, expect, it } from "vitest";
import { parseWgsl } from "../src/wgsl/module.ts";
import { packParams } from "../src/wgsl/params.ts";
import { readWgsl } from "../src/wgsl/read.ts";
import { blankComments } from "../src/wgsl/source.ts";

describe("blankComments", () => {
  it.each([
    ["a // b\nc", "a     \nc"],
    ["a /* b /* c */ d */ e", `a ${" ".repeat(17)} e`],
    ["a /* b\n*/ c", "a     \n   c"],
    ["a /* b://c */ d", `a ${" ".repeat(11)} d`],
    ["a // /* b\nc", "a        \nc"],
    ["a / b * c */ d", "a / b * c */ d"],
  ])("turns %j into %j", (source, expected) => {
    expect(blankComments(source)).toBe(expected);
  });
});

describe("readWgsl", () => {
  it("reads a file beside the module", () => {
    expect(readWgsl(import.meta.url, "./fixtures/ladder/01-plain.wgsl").constants).toEqual({ STEP: 1 });
  });

  it("names a file that is missing or cannot be parsed", () => {
    expect(() => readWgsl(import.meta.url, "./none.wgsl")).toThrow(/none\.wgsl/);
  });
});

describe("bindings", () => {
  it("gives names and access in binding order, comments left out", () => {
    const source = `
      @group(0) @binding(2) var<storage, read_write> out: array<f32>;
      // @group(0) @binding(7) var<storage> old: array<f32>;
      @group(0) @binding(0) var<uniform> params: Params;
      @group(0)
      @binding(1) var<storage, read> x: array<vec4f>;
      @group(0) @binding(3) var< storage > y: array<u32>;`;
    expect(parseWgsl(source).bindings).toEqual([
      { name: "params", binding: 0, access: "uniform" },
      { name: "x", binding: 1, access: "read" },
      { name: "out", binding: 2, access: "read_write" },
      { name: "y", binding: 3, access: "read" },
    ]);
  });

  it.each(["@group(1) @binding(0) var<storage> x: array<f32>;", "@binding(0) @group(0) var<storage> x: array<f32>;"])(
    "refuses %s, which it would not see",
    (source) => {
      expect(() => parseWgsl(source)).toThrow("every binding must read");
    },
  );
});

describe("entry points", () => {
  const source = `
    struct Params { rows: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read> x: array<vec4f>;
    @group(0) @binding(2) var<storage, read> mean: array<f32>;
    @group(0) @binding(3) var<storage, read_write> partials: array<f32>;
    @group(0) @binding(4) var<storage, read_write> out: array<f32>;
    fn load(i: u32) -> f32 { if (i < params.rows) { return x[i].y; } return 0.0; }
    fn centred(i: u32) -> f32 { return load(i) - mean[0]; }
    @compute @workgroup_size(1) fn sums(@builtin(workgroup_id) group: vec3u) {
      for (var i = 0u; i < 4u; i++) { partials[group.x] += load(i); } // not out
    }
    @compute @workgroup_size(1) fn finish() { out[0] = centred(0u) + partials[0]; }
    @compute @workgroup_size(1) fn copy(@builtin(workgroup_id) group: vec3u) { out[group.x] = partials[group.y]; }
    @compute @workgroup_size(1) fn floor() {}`;
  const names = (entryPoint: string) =>
    parseWgsl(source)
      .entryPoints.get(entryPoint)!
      .map(({ name }) => name);

  it("follows calls, and takes no field, swizzle or comment for a binding", () => {
    expect(names("sums")).toEqual(["params", "x", "partials"]);
    expect(names("finish")).toEqual(["params", "x", "mean", "partials", "out"]);
    expect(names("copy")).toEqual(["partials", "out"]);
  });

  it("gives all to an entry point that mentions none", () => {
    expect(names("floor")).toEqual(["params", "x", "mean", "partials", "out"]);
  });
});

describe("struct Params", () => {
  const { params: fields } = parseWgsl(
    "struct Params { count: u32, /* of rows */ shift: i32,\n scale: f32, // last\n}",
  );

  it("gives its fields in order", () => {
    expect(fields).toEqual([
      { name: "count", type: "u32" },
      { name: "shift", type: "i32" },
      { name: "scale", type: "f32" },
    ]);
    expect(parseWgsl("fn main() {}").params).toEqual([]);
  });

  it("holds four-byte scalars only", () => {
    expect(() => parseWgsl("struct Params { size: vec2u }")).toThrow(
      'struct Params: "size: vec2u" is not a u32, i32 or f32 scalar',
    );
  });

  it("is packed in order, little-endian, to a multiple of 16 bytes", () => {
    const view = new DataView(packParams(fields, { scale: 0.5, shift: -2, count: 4294967295 }));
    expect(view.byteLength).toBe(16);
    expect([view.getUint32(0, true), view.getInt32(4, true), view.getFloat32(8, true)]).toEqual([4294967295, -2, 0.5]);
    expect(
      packParams(
        Array.from({ length: 5 }, (_, i) => ({ name: `f${i}`, type: "f32" })),
        { f0: 0, f1: 0, f2: 0, f3: 0, f4: 0 },
      ).byteLength,
    ).toBe(32);
  });

  it("takes NaN as f32, for WGSL has no literal for it", () => {
    expect(new DataView(packParams(fields, { count: 0, shift: 0, scale: NaN })).getFloat32(8, true)).toBeNaN();
  });

  it("refuses missing and unknown names", () => {
    expect(() => packParams(fields, { count: 1, shift: 0 })).toThrow("no value for Params.scale");
    expect(() => packParams(fields, { count: 1, shift: 0, scale: 1, stride: 2 })).toThrow(
      "struct Params has no field stride",
    );
  });

  it.each([
    ["count", -1, "u32"],
    ["count", 1.5, "u32"],
    ["count", 2 ** 32, "u32"],
    ["count", NaN, "u32"],
    ["shift", 2 ** 31, "i32"],
    ["shift", 0.5, "i32"],
  ])("refuses %s = %d, which would wrap", (name, value, type) => {
    expect(() => packParams(fields, { count: 1, shift: 0, scale: 1, [name]: value })).toThrow(
      `Params.${name} is ${value}, which is no ${type}`,
    );
  });
});

describe("constants", () => {
  const source = `
const BM = 64u; const BN: u32 = 32u; // const BK = 1u;
const SCALE = 0.5f;
const SHIFT = -3i;
const AREA = BM * BN;
const EPSILON = 1e-5;
fn main() {
  const TM = 4u;
  { const BM = 7u; }
}
const LAST = 9u;
`;

  it("are those of the module, not those of functions or comments", () => {
    expect(parseWgsl(source).constants).toEqual({ BM: 64, BN: 32, SCALE: 0.5, SHIFT: -3, EPSILON: 1e-5, LAST: 9 });
  });

  it("are set by name, everything else left as it is", () => {
    const expected = source
      .replace("BM = 64u", "BM = 16u")
      .replace("0.5f", "2.0f")
      .replace("-3i", "-1i")
      .replace("9u", "8u");
    expect(parseWgsl(source).withConstants({ BM: 16, SCALE: 2, SHIFT: -1, LAST: 8 })).toBe(expected);
    expect(parseWgsl(source).withConstants({})).toBe(source);
  });

  it("that the module does not have cannot be set", () => {
    expect(() => parseWgsl(source).withConstants({ BM: 1, TM: 2, BK: 3, AREA: 4 })).toThrow(
      "the WGSL module has no constant TM, BK, AREA to set",
    );
  });

  it.each([
    ["BM", 1.5],
    ["BM", -1],
    ["SHIFT", 0.5],
    ["SCALE", NaN],
    ["EPSILON", Infinity],
  ])("cannot be set to what their type does not hold: %s = %d", (name, value) => {
    expect(() => parseWgsl(source).withConstants({ [name]: value })).toThrow(`const ${name} cannot be set to ${value}`);
  });
});

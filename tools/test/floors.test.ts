import { describe, expect, it } from "vitest";
import { checkFile, checkManifest } from "../src/floors/check.ts";
import { climbs, floorOf, reserved, type Floor } from "../src/floors/floors.ts";
import type { Project } from "../src/floors/workspace.ts";

interface Lists {
  readonly dependencies?: readonly string[];
  readonly devDependencies?: readonly string[];
}

const project = (name: string, floor: Floor, { dependencies = [], devDependencies = [] }: Lists = {}): Project => ({
  name,
  floor,
  root: `somewhere/${name}`,
  packageName: `@fledge/${name}`,
  dependencies: new Set(dependencies),
  devDependencies: new Set(devDependencies),
});

const names: [name: string, floor: Floor][] = [
  ["files", "ground"],
  ["random", "base"],
  ["runtime", "runtime"],
  ["conv2d", "kernel"],
  ["pooling", "kernel"],
  ["autograd", "autograd"],
  ["resnet", "model"],
  ["data", "model"],
  ["training", "training"],
  ["conformance", "evidence"],
  ["orchestrator", "app"],
  ["kernel-lab", "kernel-lab"],
  ["lab", "page"],
  ["testing", "harness"],
  ["drawn-birds", "harness"],
  ["bench", "harness"],
  ["tools", "tool"],
  ["benchmarks", "tool"],
];
const floors = new Map(names);

const placed = (name: string) => ({ name, floor: floors.get(name)! });

/** The names of the projects that `name` may use. */
const mayUse = (name: string, use: "src" | "test") =>
  [...floors.keys()].filter((other) => climbs(placed(name), placed(other), use) === null);

describe("the floors", () => {
  it.each<[name: string, below: string[]]>([
    ["random", []],
    ["runtime", ["random"]],
    ["conv2d", ["random", "runtime"]],
    ["kernel-lab", ["runtime"]],
    ["testing", ["random", "runtime", "kernel-lab"]],
    ["autograd", ["random", "runtime", "conv2d", "pooling"]],
    ["resnet", ["random", "runtime", "conv2d", "pooling", "autograd"]],
    ["data", ["random", "runtime"]],
    ["training", ["random", "runtime", "conv2d", "pooling", "autograd", "resnet", "data"]],
    ["conformance", ["random", "runtime", "conv2d", "pooling", "autograd", "resnet", "data", "training"]],
  ])("let %s use what is below it, and its tests the kernel lab and the harnesses too", (name, below) => {
    const files = name === "kernel-lab" ? [] : ["files"];
    const harnesses = ["testing", "drawn-birds", "bench"];
    expect(mayUse(name, "src")).toEqual([...files, ...below]);
    expect(mayUse(name, "test")).toEqual([...new Set([...files, ...below, "kernel-lab", ...harnesses])]);
  });

  it("let orchestrator use all of them, the lab for its tuner, and the drawn birds that its demo draws", () => {
    const below = ["files", "random", "runtime", "conv2d", "pooling", "autograd", "resnet", "data"];
    const above = ["training", "conformance", "kernel-lab"];
    expect(mayUse("orchestrator", "src")).toEqual([...below, ...above, "drawn-birds"]);
  });

  it("let the drawn birds use nothing but their base, and files nothing", () => {
    expect(mayUse("drawn-birds", "src")).toEqual(["files", "random"]);
    expect(mayUse("files", "src")).toEqual([]);
  });

  it("let the page use what a browser runs, and nobody the page", () => {
    const below = ["random", "runtime", "conv2d", "pooling", "autograd", "resnet", "data", "training", "kernel-lab"];
    expect(mayUse("lab", "src")).toEqual([...below, "testing", "drawn-birds", "bench"]);
    expect([...floors.keys()].filter((name) => mayUse(name, "test").includes("lab"))).toEqual([]);
  });

  it("let tools use everything but the page and tools", () => {
    expect(mayUse("tools", "src")).toEqual(
      names.filter(([, floor]) => floor !== "tool" && floor !== "page").map(([name]) => name),
    );
  });

  it("say who may use what", () => {
    expect(climbs(placed("conv2d"), placed("pooling"), "src")).toBe(
      "conv2d (kernel) may use only the floors ground, base, runtime, and pooling is on kernel",
    );
  });

  it("keep webgpu and sharp to those who wrap them", () => {
    expect(reserved("runtime", "webgpu")).toBeNull();
    expect(reserved("drawn-birds", "sharp")).toBeNull();
    expect(reserved("orchestrator", "sharp")).toContain("only data and drawn-birds may use sharp");
    expect(reserved("conv2d", "zod")).toBeNull();
  });

  it.each([[[]], [["floor:cellar"]], [["floor:base", "floor:kernel"]]])("refuse the tags %j", (tags) => {
    expect(() => floorOf("x", tags)).toThrow(/project "x".*floor:ground/);
  });

  it("read the floor among other tags", () => {
    expect(floorOf("x", ["npm:private", "floor:model"])).toBe("model");
  });
});

describe("a package.json", () => {
  const projects = names.map(([name, floor]) => project(name, floor));

  it("may list what its floor allows", () => {
    const conv2d = project("conv2d", "kernel", {
      dependencies: ["@fledge/runtime"],
      devDependencies: ["@fledge/testing"],
    });
    expect(checkManifest(conv2d, projects)).toEqual([]);
  });

  it("is refused for each entry that climbs, goes sideways or is reserved", () => {
    const conv2d = project("conv2d", "kernel", {
      dependencies: ["@fledge/autograd", "@fledge/pooling", "@fledge/testing", "webgpu"],
      devDependencies: ["@fledge/tools"],
    });
    const problems = checkManifest(conv2d, projects);
    expect(problems).toHaveLength(5);
    for (const problem of problems) expect(problem).toMatch(/^somewhere\/conv2d\/package.json: /);
  });
});

describe("an import", () => {
  const conv2d = project("conv2d", "kernel", {
    dependencies: ["@fledge/runtime", "zod"],
    devDependencies: ["@fledge/testing"],
  });
  const check = (path: string, specifier: string, owner = conv2d) =>
    checkFile(owner, { path, imports: [{ specifier, line: 7 }] }, new Set(["vitest"]));

  it.each([
    ["src/index.ts", "./shape.ts"],
    ["src/forward/ladder.ts", "../shape.ts"],
    ["test/a.test.ts", "node:fs"],
    ["src/index.ts", "zod/v4"],
    ["src/index.ts", "@fledge/runtime"],
    ["test/a.test.ts", "../src/index.ts"],
    ["test/a.test.ts", "@fledge/testing"],
    ["bench/a.bench.ts", "vitest"],
  ])("in %s of %s is let through", (path, specifier) => {
    expect(check(path, specifier)).toEqual([]);
  });

  it.each([
    ["src/index.ts", "@fledge/autograd", "not listed"],
    ["src/index.ts", "@fledge/testing", "only tests and benchmarks may import"],
    ["src/index.ts", "vitest", "not listed"],
    ["src/index.ts", "fs", '"node:fs"'],
    ["src/index.ts", "../../../packages/runtime/src/index.ts", "leaves the project"],
    ["src/index.ts", "../../pooling/src/index.ts", "leaves the project"],
    ["src/index.ts", "/etc/x.ts", "leaves the project"],
    ["src/index.ts", "../test/problems.ts", "may not import tests"],
    ["test/a.test.ts", "lodash", "not listed"],
  ])("in %s of %s is refused", (path, specifier, reason) => {
    const problems = check(path, specifier);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`somewhere/conv2d/${path}:7: `);
    expect(problems[0]).toContain(reason);
  });

  it("of a module of Node's own is refused in code that runs in a browser too, and let through in its tests", () => {
    for (const floor of ["kernel-lab", "kernel", "autograd", "page"] as const) {
      const one = project("one", floor);
      expect(check("src/judge.ts", "node:fs", one)[0]).toContain("also runs in a browser, which has no node:fs");
      expect(check("test/judge.test.ts", "node:fs", one)).toEqual([]);
    }
    expect(check("build/config.ts", "node:fs", project("lab", "page"))).toEqual([]);
  });

  it("in a tool may come from its devDependencies anywhere", () => {
    const tools = project("tools", "tool", { devDependencies: ["oxc-parser"] });
    expect(check("src/x.ts", "oxc-parser", tools)).toEqual([]);
    expect(check("src/x.ts", "acorn", tools)).toHaveLength(1);
  });
});

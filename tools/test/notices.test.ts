import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { usedPackages, type Lockfile } from "../src/notices/used-packages.ts";

const lockfile: Lockfile = {
  packages: {
    "packages/app": { dependencies: { "@own/lib": "*", a: "^1" } },
    "node_modules/@own/lib": { link: true, resolved: "packages/lib" },
    "packages/lib": { dependencies: { a: "^2" } },
    "packages/lib/node_modules/a": { version: "2.0.0", license: "ISC", dependencies: { shared: "*" } },
    "node_modules/a": { version: "1.0.0", license: "MIT", optionalDependencies: { "a-win32": "1", gone: "1" } },
    "node_modules/a-win32": { version: "1.0.0", license: "MIT" },
    "node_modules/shared": { version: "3.0.0", license: "BSD-3-Clause", dependencies: { a: "*" } },
    "node_modules/only-for-tests": { version: "9.0.0", license: "MIT" },
  },
};

it("names what a project runs with, through other projects, each version that is there, and nothing else", () => {
  expect(usedPackages(lockfile, ["packages/app"])).toEqual([
    { name: "a", version: "1.0.0", license: "MIT" },
    { name: "a", version: "2.0.0", license: "ISC" },
    { name: "a-win32", version: "1.0.0", license: "MIT" },
    { name: "shared", version: "3.0.0", license: "BSD-3-Clause" },
  ]);
});

it("refuses a package that names no licence", () => {
  const packages = { ...lockfile.packages, "node_modules/shared": { version: "3.0.0" } };
  expect(() => usedPackages({ packages }, ["packages/app"])).toThrow(/node_modules\/shared names no licence/);
});

it("finds sharp and webgpu, and no vitest, in this checkout's lockfile", () => {
  const own = JSON.parse(readFileSync(join(workspaceRoot, "package-lock.json"), "utf8")) as Lockfile;
  const names = usedPackages(own, ["packages/orchestrator"]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["sharp", "webgpu", "zod"]));
  expect(names).not.toContain("vitest");
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(workspaceRoot, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};

describe("package-lock.json", () => {
  // npm leaves out what its registry does not offer, and `npm ci` then refuses the lockfile on the other platforms.
  it("locks the binaries of every platform", () => {
    const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => {
        const folders = [`node_modules/${name}`, `${folder}/node_modules/${name}`];
        return !folders.some((candidate) => candidate in packages);
      }),
    );
    expect(missing).toEqual([]);
  });

  it("names no registry, so that each machine uses its own", () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved?.includes("://"))).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { staleFolders } from "../bootstrap/dependencies.mjs";
import { nodeVersionProblem } from "../bootstrap/node-version.mjs";

describe("staleFolders", () => {
  const locked = {
    packages: {
      "": { version: "0.1.0" },
      "packages/a": { version: "0.1.0" },
      "node_modules/@fledge/a": { resolved: "packages/a", link: true },
      "node_modules/x": { version: "1.0.0" },
      "node_modules/x/node_modules/y": { version: "2.0.0" },
      "node_modules/x-darwin": { version: "1.0.0", optional: true },
    },
  };
  const { "node_modules/x-darwin": _other, ...here } = locked.packages;

  it("finds nothing where all is there, save another platform's packages", () => {
    expect(staleFolders(locked, { packages: here })).toEqual([]);
  });

  it("finds everything but the optional in an empty folder", () => {
    expect(staleFolders(locked, {})).toEqual([
      "node_modules/@fledge/a",
      "node_modules/x",
      "node_modules/x/node_modules/y",
    ]);
  });

  it("finds another version, and a link to another folder", () => {
    const installed = {
      ...here,
      "node_modules/x": { version: "1.0.1" },
      "node_modules/@fledge/a": { resolved: "packages/b", link: true },
    };
    expect(staleFolders(locked, { packages: installed })).toEqual(["node_modules/@fledge/a", "node_modules/x"]);
  });
});

describe("nodeVersionProblem", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "26.1.0"])("accepts %s", (version) => {
    expect(nodeVersionProblem(version)).toBeNull();
  });

  it.each(["20.18.3", "18.20.0", "8.0.0"])("names %s, what is needed and the mend", (version) => {
    expect(nodeVersionProblem(version)).toMatch(
      new RegExp(`20\\.19 or newer.*${version.replaceAll(".", "\\.")}[^]*nodejs\\.org`),
    );
  });
});

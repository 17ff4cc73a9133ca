import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { createKernel } from "../src/create-kernel.ts";

const starter = join(workspaceRoot, "tools", "starter-kernel");

describe("createKernel", () => {
  let kernels = "";
  beforeEach(() => {
    kernels = mkdtempSync(join(tmpdir(), "fledge-kernels-"));
  });
  afterEach(() => rmSync(kernels, { recursive: true }));

  const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

  it("copies every file under the new name", () => {
    createKernel(starter, kernels, "leaky-relu");
    const made = join(kernels, "leaky-relu");
    expect(files(made)).toEqual(
      files(starter)
        .map((path) => path.replace("starter-kernel", "leaky-relu"))
        .sort(),
    );
    expect(readFileSync(join(made, "src", "index.ts"), "utf8")).toContain("leakyReluForward: Kernel<LeakyReluShape>");
    expect(JSON.parse(readFileSync(join(made, "package.json"), "utf8"))).toMatchObject({
      name: "@fledge/leaky-relu",
      nx: { name: "leaky-relu" },
    });
  });

  it.each(["LeakyRelu", "leaky_relu", "-relu", "relu-", "../relu", ""])('refuses the name "%s"', (name) => {
    expect(() => createKernel(starter, kernels, name)).toThrow("small letters with hyphens");
    expect(files(kernels)).toEqual([]);
  });

  it("leaves a kernel of that name alone", () => {
    mkdirSync(join(kernels, "relu"));
    expect(() => createKernel(starter, kernels, "relu")).toThrow("exists already");
    expect(files(kernels)).toEqual(["relu"]);
  });
});

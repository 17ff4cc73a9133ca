import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, resolveConfig } from "prettier";
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

  it("copies every file under the new name", async () => {
    await createKernel(starter, kernels, "leaky-relu");
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

  it.each(["gelu", "a-kernel-of-a-name-so-long-that-lines-break"])("lays %s out as Prettier does", async (name) => {
    await createKernel(starter, kernels, name);
    const config = await resolveConfig(join(starter, "package.json"));
    const made = join(kernels, name);
    for (const path of files(made).filter((one) => /\.(ts|md|json)$/.test(one))) {
      const file = join(made, path);
      const isRight = await check(readFileSync(file, "utf8"), { ...config, filepath: file });
      expect([path, isRight]).toEqual([path, true]);
    }
  });

  it.each(["LeakyRelu", "leaky_relu", "-relu", "relu-", "../relu", ""])('refuses the name "%s"', async (name) => {
    await expect(createKernel(starter, kernels, name)).rejects.toThrow("small letters with hyphens");
    expect(files(kernels)).toEqual([]);
  });

  it("leaves a kernel of that name alone", async () => {
    mkdirSync(join(kernels, "relu"));
    await expect(createKernel(starter, kernels, "relu")).rejects.toThrow("exists already");
    expect(files(kernels)).toEqual(["relu"]);
  });
});

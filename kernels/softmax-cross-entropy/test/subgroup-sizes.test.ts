import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { openTestGpu } from "@fledge/testing";

const program = fileURLToPath(new URL("subgroup-program.ts", import.meta.url));
const caches = mkdtempSync(join(tmpdir(), "fledge-subgroups-"));
afterAll(() => rmSync(caches, { recursive: true, force: true }));

/**
 * Lavapipe's subgroups are as wide as its vectors, and LP_NATIVE_VECTOR_WIDTH sets those. Mesa's shader cache does not
 * tell the widths apart, so each has a cache of its own. Other drivers ignore the variables and run at their own size.
 */
async function runAt(bits: number): Promise<{ subgroupSize: number; misses: Record<string, string[]> }> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program], {
    env: { ...process.env, LP_NATIVE_VECTOR_WIDTH: String(bits), MESA_SHADER_CACHE_DIR: join(caches, String(bits)) },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as { subgroupSize: number; misses: Record<string, string[]> };
}

describe("the subgroup rungs", async () => {
  const gpu = await openTestGpu();
  const lavapipe = /llvmpipe/.test(gpu.adapter.name);

  it.each([128, 256, 512])(
    "are right with vectors of %i bits",
    async (bits) => {
      const { subgroupSize, misses } = await runAt(bits);
      expect(subgroupSize).toBe(lavapipe ? bits / 32 : gpu.adapter.subgroupSize);
      expect(Object.values(misses)).toEqual([[], [], []]);
    },
    60_000,
  );
});

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FileError } from "../src/file-error.ts";
import { temporaryFolder, withTemporaryFolder } from "../src/temporary-folder.ts";

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
const place = mkdtempSync(join(tmpdir(), "fledge-place-"));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true, force: true });
});

const full = (path: string): Error =>
  Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write", path });

describe("a folder for temporary files", () => {
  it("that cannot be made names the variable", () => {
    vi.stubEnv(variable, join(place, "nowhere"));
    expect(() => temporaryFolder("fledge-x")).toThrow(FileError);
    expect(() => temporaryFolder("fledge-x")).toThrow(
      `temporary files lie in ${join(place, "nowhere")}: the environment variable ${variable} names another folder`,
    );
  });

  it("is empty, and gone afterwards", async () => {
    const folder = await withTemporaryFolder("fledge-x", async (path) => {
      expect(readdirSync(path)).toEqual([]);
      return path;
    });
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ["the system's error", (file: string) => full(file)],
    ["a FileError", (file: string) => new FileError(file, full(file))],
    ["the cause of another", (file: string) => new Error("not unpacked", { cause: full(file) })],
  ])("that is full names the variable: %s", async (_, errorOf) => {
    let made = "";
    const filled = withTemporaryFolder("fledge-x", async (folder) => {
      made = folder;
      throw errorOf(join(folder, "a"));
    });
    await expect(filled).rejects.toThrow(
      new RegExp(`fledge-x.*a cannot be written \\(ENOSPC.*\\); the disk is full: make room; .* ${variable} names`),
    );
    expect(existsSync(made)).toBe(false);
  });

  it("leaves other errors as they are", async () => {
    const other = full(join(place, "elsewhere"));
    await expect(withTemporaryFolder("fledge-x", () => Promise.reject(other))).rejects.toBe(other);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { withTemporaryFolder, writeFolderWhole } from "../src/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fledge-at-end-"));
  mkdirSync(join(folder, "tmp"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
const files = JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts"));

/** A process that runs a script with what this package exports, and `folder`. */
function start(script: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      "--import",
      import.meta.resolve("tsx"),
      "--input-type=module",
      "-e",
      `const files = await import(${files});
       const folder = ${JSON.stringify(folder)};
       process.env[${JSON.stringify(variable)}] = folder + "/tmp"; // Here, so that tsx keeps its own files elsewhere.
       setInterval(() => {}, 1000);
       ${script}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A process that has a folder, a temporary folder and a file half written, and says so. */
const writing = `
  const halfway = async (path) => ({ ...(await files.nodeFileSystem.create(path)), sync: () => {
    console.log("ready");
    return new Promise(() => {});
  } });
  files.useFileSystem({ ...files.nodeFileSystem, create: halfway });
  const { mkdirSync } = await import("node:fs");
  await files.writeFolderWhole(folder + "/birds", async (work) => {
    mkdirSync(work + "/images/deep", { recursive: true });
    await files.withTemporaryFolder("fledge-ending", () => files.writeFileWhole(folder + "/report.md", "text"));
  });`;

const said = async (child: ChildProcess): Promise<string> => String((await once(child.stdout!, "data"))[0]).trim();
const left = (): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" });

describe("what is half made", () => {
  it.each(["SIGHUP", "SIGINT", "SIGTERM"] as const)("is gone where %s ends the process", async (signal) => {
    const child = start(writing);
    expect(await said(child)).toBe("ready");
    const before = left();
    for (const name of [/^\.birds\..*deep$/, /^tmp\/fledge-ending\./, /^report\.md\./])
      expect(before.filter((path) => name.test(path.replaceAll("\\", "/")))).toHaveLength(1);
    child.kill(signal);
    expect(await once(child, "close")).toEqual([null, signal]);
    expect(left()).toEqual(["tmp"]);
  });

  it("is gone after a kill once the next one has written there", async () => {
    const child = start(writing);
    expect(await said(child)).toBe("ready");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(left().length).toBeGreaterThan(4);
    vi.stubEnv(variable, join(folder, "tmp"));
    await withTemporaryFolder("fledge-other", async () => {});
    await writeFolderWhole(join(folder, "other"), async () => {});
    expect(left().sort()).toEqual(["other", "tmp"]);
  });

  it("is left to who else listens, until the exit", async () => {
    const child = start(`
      process.once("SIGTERM", async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { readdirSync } = await import("node:fs");
        console.log(readdirSync(folder).length);
        process.exit(7);
      });
      ${writing}`);
    expect(await said(child)).toBe("ready");
    child.kill("SIGTERM");
    expect(await said(child)).toBe("3");
    expect(await once(child, "close")).toEqual([7, null]);
    expect(left()).toEqual(["tmp"]);
  });

  it("does not keep a signal from ending the process that comes in the same turn of the loop as its end", async () => {
    const child = start(`
      await files.writeFolderWhole(folder + "/birds", async () => {});
      await files.writeFolderWhole(folder + "/more", async () => {
        process.kill(process.pid, "SIGTERM");
        throw new Error();
      }).catch(() => {});`);
    expect(await once(child, "close")).toEqual([null, "SIGTERM"]);
    expect(left().sort()).toEqual(["birds", "tmp"]);
  });
});

it("ends a child by the signal that ends the process", async () => {
  const child = start(`
    const { spawn } = await import("node:child_process");
    const inner = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log(process.pid)"], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    await files.endOfChild(inner);
    console.log("goes on");`);
  const pid = Number(await said(child));
  let later = "";
  child.stdout!.on("data", (text) => (later += String(text)));
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([143, null]);
  expect(later).toBe("");
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

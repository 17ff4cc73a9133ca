import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const program = join(import.meta.dirname, "..", "bin", "fledge.mjs");

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Run by sh before the command. */
  readonly before?: string;
  /** What becomes of stderr: read, no longer read after the first piece, or on a device that is always full. */
  readonly stderr?: "read" | "closed" | "full";
}

/** Runs `fledge` in a process of its own, in surroundings that are not as they should be. */
async function fledgeIn({ env, before, stderr = "read" }: Surroundings, ...args: string[]) {
  const full = stderr === "full" ? openSync("/dev/full", "w") : undefined;
  const script = `${before ?? ":"}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", script, process.execPath, program, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", full ?? "pipe"],
  });
  if (full !== undefined) closeSync(full);
  if (stderr === "closed") child.stderr!.once("data", () => child.stderr!.destroy());
  const [output, errors, code] = await Promise.all([
    text(child.stdout!),
    stderr === "read" ? text(child.stderr!) : "",
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { code, output, errors };
}

describe("a console that cannot be written to", () => {
  it.each(["closed", "full"] as const)("does not end a training (%s)", async (stderr) => {
    const cut = join(folder, stderr);
    const settings = [...birds, ...small, "--epochs", "2,1,1"];
    const { code, output } = await fledgeIn({ stderr }, "train", "teacher", ...settings, "--run", cut);
    expect(code, output).toBe(0);
    expect(output.match(/stderr cannot be written/g), output).toHaveLength(1);
    expect(output).not.toMatch(/^\s+at /m);
    expect(await epochsOf(cut, "teacher")).toHaveLength(2);
  });
});

describe("a low limit of open files", () => {
  it.each([64, 256])("of %i is named, with the mend", async (limit) => {
    const { code, errors } = await fledgeIn({ before: `ulimit -n ${limit}` }, "doctor");
    expect(code).toBe(1);
    expect(errors).toMatch(
      new RegExp(`^fledge: .* only ${limit} files open at once, and needs 512: raise it with "ulimit -n`),
    );
    expect(errors.trim().split("\n")).toHaveLength(1);
  });

  it("of 512 will do", async () => {
    expect((await fledgeIn({ before: "ulimit -n 512" }, "doctor")).code).toBe(0);
  });
});

describe("neither home nor a folder for temporary files", () => {
  it("ends no command, and compiled shaders are kept where FLEDGE_CACHE says", async () => {
    const cache = join(folder, "cache");
    const nowhere = "/dev/null/nowhere"; // Not even the administrator can make it.
    const env = { HOME: nowhere, TMPDIR: nowhere, XDG_CACHE_HOME: nowhere, FLEDGE_CACHE: cache };
    const { code, output, errors } = await fledgeIn({ env }, "doctor");
    expect(code, errors).toBe(0);
    expect(output).toMatch(/^adapter +\S/m);
    expect(errors).not.toMatch(/^\s+at |kept nowhere/m);
    expect(existsSync(join(cache, "mesa"))).toBe(process.platform === "linux");
  });
});

/** A user without an entry in the system's list, in surroundings that name no home. */
const stranger = { uid: 54321, gid: 54321, env: { PATH: process.env["PATH"] } };

const isReadableToStrangers = (): boolean =>
  process.geteuid?.() === 0 && spawnSync("cat", [program], { ...stranger, stdio: "ignore" }).status === 0;

describe.runIf(isReadableToStrangers())("a user without a name or a home, in a checkout that is another's", () => {
  it("is served like any other", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "doctor"], {
      ...stranger,
      cwd: "/",
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^adapter +\S/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("is told that it may not write there", () => {
    chmodSync(folder, 0o755); // Its images are for everyone.
    const settings = [...birds, ...small, "--epochs", "1,1,1"];
    const { status, stderr } = spawnSync(process.execPath, [program, "train", "teacher", ...settings], {
      ...stranger,
      cwd: "/",
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(
      /runs\/demo-\S+ cannot be a run's folder \(EACCES: permission denied, .*\): give another with --run/,
    );
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("fledge doctor without an adapter", () => {
  it("says what it knows besides, and the steps to one", async () => {
    const nowhere = { VK_DRIVER_FILES: "/nowhere.json", VK_ICD_FILENAMES: "/nowhere.json" };
    const { code, output, errors } = await fledgeIn({ env: nowhere }, "doctor");
    expect(code).toBe(1);
    expect(errors).toContain("no WebGPU adapter on this machine");
    for (const line of [
      /^adapter +none$/m,
      /^environment +VK_DRIVER_FILES=\/nowhere.json: unset it/m,
      /^step 1 .*node tools\/bootstrap.mjs/m,
      /^memory .* CPU cores$/m,
      /^open files +\d+$/m,
      /^node +v/m,
      /^for "paper" +missing weights/m,
      /^for "paper" +missing an adapter$/m,
    ])
      expect(output).toMatch(line);
  });

  it("says the same of an adapter that it does not find", async () => {
    const { code, output } = await run("doctor", "--adapter", "bogus");
    expect(code).toBe(1);
    expect(output).toMatch(/^adapter +none$/m);
    expect(output).toMatch(/no adapter is called "bogus"; there is ".+"/);
  });
});

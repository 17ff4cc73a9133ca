import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder, writeJpeg } from "./folders.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** Eight epochs on two threads that die as `dying` says, `times` times in all. */
async function train(dying: string, times: number) {
  const root = temporaryFolder();
  for (let i = 0; i < 40; i++) await writeJpeg(join(root, "a", `${i}.jpg`), 300, 200, i);
  const child = spawn(process.execPath, ["--import", "tsx", fixture("hash-epochs.ts"), root], {
    cwd: join(import.meta.dirname, ".."),
    env: {
      ...process.env,
      NODE_OPTIONS: `--require ${fixture("dying-thread.cjs")}`,
      DYING: dying,
      DYING_TIMES: String(times),
      DYING_FOLDER: temporaryFolder(),
    },
    timeout: 240_000,
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { code, stdout, stderr };
}

/** 0: the code it ends with. */
const endings = ["0 starting", "throws later"];

describe("worker threads that die", () => {
  test("are replaced, and their batches rendered again to the same bytes", { timeout: 800_000 }, async () => {
    const whole = await train("never", 0);
    expect(whole).toEqual({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/), stderr: "" });
    for (const ending of endings) expect([ending, await train(ending, 2)]).toEqual([ending, whole]);
  });

  test.each(["1 starting", "throws starting"])(
    "and go on dying (%s) end in an error that names images and mend",
    async (ending) => {
      const { code, stdout } = await train(ending, 1000);
      expect(stdout).toMatch(
        /^WorkerDiedError: a loader thread died 3 times in a row over the images \d+\.jpg, .*\): try fewer threads with --workers/,
      );
      expect(code).toBe(1);
    },
  );
});

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder, writeJpeg } from "./folders.ts";

const run = promisify(execFile);

test.each(["close", "leave open"])(
  "a program run by tsx ends with code 0 when its loader is told to %s",
  async (ending) => {
    const root = temporaryFolder();
    for (let i = 0; i < 5; i++) await writeJpeg(join(root, "a", `${i}.jpg`), 12, 10, i);
    const program = fileURLToPath(new URL("./fixtures/one-epoch.ts", import.meta.url));
    const { stdout, stderr } = await run(process.execPath, ["--import", "tsx", program, root, ending], {
      cwd: join(import.meta.dirname, ".."),
      timeout: 240_000,
    });
    expect(stdout).toBe("5 images\n");
    expect(stderr).toBe("");
  },
);

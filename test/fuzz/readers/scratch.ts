import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of this process's own, gone when it ends. */
export const scratch = mkdtempSync(join(tmpdir(), "fledge-fuzz-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

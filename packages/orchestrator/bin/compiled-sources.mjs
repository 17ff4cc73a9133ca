import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";

/**
 * Whether a folder can be written to; it is made where it is not there.
 * @param {string} folder
 */
export function canWriteIn(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** tsx keeps what it has compiled among temporary files, and ends the process where it cannot make its folder there. */
export function keepNoSourcesWhereNoneCanBe() {
  if (!canWriteIn(tmpdir())) process.env["TSX_DISABLE_CACHE"] = "1";
}

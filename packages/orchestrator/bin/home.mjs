import { homedir } from "node:os";

/**
 * A user of whom the system knows no more than a number, as that of `docker run --user`, has no home, and libraries
 * that ask for one end the process. This one cannot be written to: what would lie there is kept elsewhere, or not.
 */
export function nameHomeWhereThereIsNone() {
  try {
    homedir();
  } catch {
    process.env["HOME"] = "/nonexistent";
  }
}

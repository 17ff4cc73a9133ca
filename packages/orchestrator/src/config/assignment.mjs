import { UsageError } from "./usage-error.mjs";

/**
 * `--set training.batchSize=16` as overrides; values are JSON where they parse as such, else text.
 * @param {string} assignment
 * @returns {import("./resolve.ts").Overrides}
 * @throws UsageError
 */
export function parseAssignment(assignment) {
  const at = assignment.indexOf("=");
  if (at < 1)
    throw new UsageError(`--set wants key=value, got "${assignment}"; for example --set training.batchSize=16`);
  const text = assignment.slice(at + 1);
  /** @type {unknown} */
  let value = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: a plain word or a path.
  }
  const keys = assignment.slice(0, at).split(".");
  return /** @type {import("./resolve.ts").Overrides} */ (keys.reduceRight((inner, key) => ({ [key]: inner }), value));
}

/** Something the person at the command line can set right: shown without a stack trace. */
export class UsageError extends Error {
  /** @override */
  name = "UsageError";
}

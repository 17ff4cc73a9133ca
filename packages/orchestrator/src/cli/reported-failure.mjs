/** A command's result is a failure and its output has said so: exit code 1, no further message. */
export class ReportedFailure extends Error {
  /** @override */
  name = "ReportedFailure";
}

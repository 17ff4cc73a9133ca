import { constants } from "node:os";

/** The signals that ask a process to end. */
export const endingSignals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

export type EndingSignal = (typeof endingSignals)[number];

/** The exit code that tells of a signal. */
export const exitCodeOf = (signal: EndingSignal): number => 128 + constants.signals[signal];

import type { Reporter } from "../stages/session.ts";

/** Tells several of all that happens, in order; each may leave things out. */
export function reportingTo(all: readonly Partial<Reporter>[]): Reporter {
  return {
    training: (...told) => all.forEach((one) => one.training?.(...told)),
    step: (...told) => all.forEach((one) => one.step?.(...told)),
    epoch: (...told) => all.forEach((one) => one.epoch?.(...told)),
    looking: (...told) => {
      const listeners = all.flatMap((one) => one.looking?.(...told) ?? []);
      return (images) => listeners.forEach((listener) => listener(images));
    },
    evaluated: (...told) => all.forEach((one) => one.evaluated?.(...told)),
    measuring: (...told) => all.forEach((one) => one.measuring?.(...told)),
    caseUnderWay: (...told) => all.forEach((one) => one.caseUnderWay?.(...told)),
    caseMeasured: (...told) => all.forEach((one) => one.caseMeasured?.(...told)),
    note: (...told) => all.forEach((one) => one.note?.(...told)),
  };
}

import type { DataError } from "../error.ts";

/** Which data set: the labelled one is CUB-200 (2010), the unlabelled one CUB-200-2011. */
export type Role = "labelled" | "unlabelled";

/** What one check of a data set found. */
export interface Finding {
  readonly data: Role | "both";
  readonly check: string;
  readonly expected: string;
  readonly found: string;
  /** A note is a difference that keeps nobody from training. */
  readonly verdict: "ok" | "note" | "wrong";
  /** What to do about it; empty where nothing needs doing. */
  readonly mend: string;
  /** One line per image, class or name concerned. */
  readonly details: readonly string[];
}

/** A finding that compares two values: ok where they are the same text. */
export function compare(
  data: Finding["data"],
  check: string,
  { expected, found }: { expected: string | number; found: string | number },
  mend: string,
  verdictOtherwise: "note" | "wrong" = "wrong",
): Finding {
  const [wanted, got] = [String(expected), String(found)];
  const same = wanted === got;
  return {
    data,
    check,
    expected: wanted,
    found: got,
    verdict: same ? "ok" : verdictOtherwise,
    mend: same ? "" : mend,
    details: [],
  };
}

/** A finding of a check that wants a list to be empty. */
export function wantNone(
  data: Finding["data"],
  check: string,
  details: readonly string[],
  mend: string,
  verdictOtherwise: "note" | "wrong" = "wrong",
): Finding {
  return { ...compare(data, check, { expected: 0, found: details.length }, mend, verdictOtherwise), details };
}

/** A fault that kept a check from going on. */
export const faultFinding = (data: Finding["data"], check: string, { fault, mend }: DataError): Finding => ({
  data,
  check,
  expected: "files and lists that agree",
  found: fault,
  verdict: "wrong",
  mend,
  details: [],
});

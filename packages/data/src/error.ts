import { printable } from "./file-name.ts";

/** A fault in the data on disk. The message names the file (and line, counted from 1), the problem, and the mend. */
export class DataError extends Error {
  readonly file: string;
  /** The place and the problem, without the mend. */
  readonly fault: string;
  readonly mend: string;

  constructor(at: { file: string; line?: number }, problem: string, mend: string, cause?: unknown) {
    const file = printable(at.file);
    const place = at.line === undefined ? file : `${file}:${at.line}`;
    const fault = `${place}: ${printable(problem)}`;
    super(`${fault}. ${mend}.`, { cause });
    this.name = "DataError";
    this.file = at.file;
    this.fault = fault;
    this.mend = mend;
  }
}

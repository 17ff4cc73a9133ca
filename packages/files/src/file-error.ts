/** What to do, by what the system says. */
const mends: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room",
  EDQUOT: "your share of the disk is full: make room",
  EROFS: "the disk is mounted read-only: mount it for writing, or write elsewhere",
  EACCES: "you may not write there: change its permissions, or write elsewhere",
  EPERM: "you may not write there: change its permissions, or write elsewhere",
  EMFILE: "too many files are open in this process: raise the limit that `ulimit -n` shows",
  ENFILE: "too many files are open on this machine: close some",
  EIO: "the disk itself fails: check it before you trust it with more",
};

/** The same where it is the name that will not do. */
const otherNames: Readonly<Record<string, string>> = {
  EISDIR: "name a file",
  ELOOP: "this link leads back to itself: name another place",
  ENAMETOOLONG: "name a shorter path",
  ENOENT: "no folder can be made there: name another place",
  ENOTDIR: "a part of this path is a file: name another place",
};

/** True for what the system says where it is the disk, the permissions or the limits that keep a file from being written. */
export const isWriteFault = (error: unknown): boolean =>
  error instanceof Error && ((error as NodeJS.ErrnoException).code ?? "") in mends;

/** A file that cannot be written. The message names it, says what the system said, and what to do. */
export class FileError extends Error {
  readonly file: string;

  /** @param besides what else to do */
  constructor(file: string, cause: unknown, besides?: string) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
    const mend = mends[code] ?? otherNames[code];
    const said = cause instanceof Error ? cause.message : String(cause);
    super([`${file} cannot be written (${said})`, mend, besides].filter(Boolean).join("; "), { cause });
    this.name = "FileError";
    this.file = file;
  }
}

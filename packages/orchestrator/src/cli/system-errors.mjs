import { openFilesLimit, raiseOpenFiles } from "../../bin/open-files.mjs";

/**
 * What to do about an error of the system, by its code.
 * @type {Readonly<Record<string, string>>}
 */
const mends = {
  EACCES: "change its permissions or those of the folders above it, or name another place",
  EPERM: "change its permissions or those of the folders above it, or name another place",
  EROFS: "that file system is read-only: name another place",
  ENOSPC: "make room there, or name another place",
  EDQUOT: "make room there, or name another place",
  EIO: "the disk failed: check it, or name another place",
  ENAMETOOLONG: "name a shorter path",
  ENOTDIR: "a part of this path is a file: name another place",
  EISDIR: "this is a folder: name a file",
  ELOOP: "this link leads back to itself: name another place",
  ENOMEM: "free memory, or give a smaller --batch-size or fewer --workers",
};

/**
 * @param {unknown} error
 * @returns {error is NodeJS.ErrnoException}
 */
const isSystemError = (error) => error instanceof Error && "syscall" in error && "code" in error;

/**
 * An error and what caused it, the outermost first.
 * @param {unknown} error
 */
function chain(error) {
  /** @type {unknown[]} */
  const all = [];
  for (let one = error; one !== undefined && !all.includes(one); one = one instanceof Error ? one.cause : undefined)
    all.push(one);
  return all;
}

/**
 * The sentence for what the system refused, as a full disk; undefined for any other error.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function explainSystemError(error) {
  const system = chain(error).find(isSystemError);
  // Whatever file was to be opened is not at fault.
  if (system?.code === "EMFILE" || system?.code === "ENFILE")
    return `${system.message}: this process may hold ${openFilesLimit() ?? "no further"} files open at once; ${raiseOpenFiles}`;
  if (error instanceof RangeError && error.message === "Array buffer allocation failed")
    return "this machine has too little memory for it: give a smaller --batch-size or fewer --workers";
  if (!isSystemError(error)) return undefined;
  const mend = mends[error.code ?? ""];
  return mend === undefined ? error.message : `${error.message}: ${mend}`;
}

/** A file that cannot be written. The message names it and says what the system said. */
export class FileError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} cannot be written (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
    this.name = "FileError";
  }
}

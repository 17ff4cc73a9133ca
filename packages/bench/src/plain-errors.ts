/** Errors that name their mend. By name: a benchmark may have met the class of another copy of its module. */
const plain = new Set([
  "AdapterNotFoundError",
  "DeviceLostError",
  "FileError",
  "GpuOutOfMemoryError",
  "OptionsError",
  "TensorTooLargeError",
]);

/** Whether a person can mend what an error tells of. */
export const isPlain = (error: unknown): error is Error => error instanceof Error && plain.has(error.name);

let told = false;

/**
 * From here on an error that ends the process, and that a person can mend, is a sentence; only a defect shows its stack.
 * Who reads what the process prints may have read enough, as `head` has: that ends it without a word.
 */
export function tellPlainly(): void {
  if (told) return;
  told = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(1);
    throw error;
  });
  process.on("uncaughtException", (error) => {
    console.error(isPlain(error) ? error.message : error);
    process.exit(1);
  });
}

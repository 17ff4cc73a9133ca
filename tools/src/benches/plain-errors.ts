// Imported into every benchmark before it: an error that names its mend, such as an adapter that is not there, is printed
// as a sentence; only a defect shows its stack trace.
const plain = new Set(["AdapterNotFoundError", "DeviceLostError", "GpuOutOfMemoryError", "TensorTooLargeError"]);

process.on("uncaughtException", (error: Error & { code?: string }) => {
  const sentence = plain.has(error.name) || error.code?.startsWith("ERR_PARSE_ARGS") === true;
  console.error(sentence ? error.message : error);
  process.exit(1);
});

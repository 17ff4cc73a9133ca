/**
 * The names of errors that a person can mend: shown as a sentence, without a stack trace. By name, because their classes
 * lie in rooms that take seconds to load.
 */
export const expectedErrors = [
  "AdapterNotFoundError",
  "CasesNotFoundError",
  "CheckpointError",
  "DataError",
  "DeviceLostError",
  "FileError",
  "FolderLockedError",
  "GpuOutOfMemoryError",
  "MissingFeatureError",
  "SafetensorsError",
  "StateDictError",
  "StudyError",
  "TensorTooLargeError",
  "TorchWeightsError",
  "UnreadableError",
  "UsageError",
  "WeightsError",
  "WorkerDiedError",
];

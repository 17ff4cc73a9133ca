/** No adapter fits what was asked for; the message lists what there is and how to get one. */
export class AdapterNotFoundError extends Error {
  override readonly name = "AdapterNotFoundError";
}

/** The device could not allocate; the message says what was asked for. */
export class GpuOutOfMemoryError extends Error {
  override readonly name = "GpuOutOfMemoryError";
}

/** WebGPU rejected a call: a defect of the caller, never of the data. */
export class GpuValidationError extends Error {
  override readonly name = "GpuValidationError";
}

/** The driver or Dawn failed inside a call that was valid. */
export class GpuInternalError extends Error {
  override readonly name = "GpuInternalError";
}

/** What a compiler says of a place in a WGSL module; line and column count from 1, and are 0 where it names no place. */
export interface CompilationMessage {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A WGSL module does not compile; the message shows the line. */
export class ShaderCompilationError extends Error {
  override readonly name = "ShaderCompilationError";
  /** The errors one by one; empty where the module compiles and a pipeline cannot be made of it. */
  readonly messages: readonly CompilationMessage[];

  constructor(message: string, messages: readonly CompilationMessage[] = []) {
    super(message);
    this.messages = messages;
  }
}

/** The device is gone (driver reset, hang, or `close()`): start over from the last checkpoint. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}

/** The device lacks an optional feature that a call needs. */
export class MissingFeatureError extends Error {
  override readonly name = "MissingFeatureError";
}

/** A rung was forced that cannot run this shape on this device; the message says why. */
export class UnsupportedRungError extends Error {
  override readonly name = "UnsupportedRungError";
}

/** A tensor is above the adapter's binding limit; the message names it. */
export class TensorTooLargeError extends Error {
  override readonly name = "TensorTooLargeError";
  readonly tensor: string;
  readonly neededBytes: number;
  readonly limitBytes: number;

  constructor(tensor: string, neededBytes: number, limitBytes: number, mend: string) {
    const mib = (bytes: number): string => (bytes / 1048576).toFixed(1);
    super(
      `${tensor} takes ${mib(neededBytes)} MiB, above this adapter's binding limit of ${mib(limitBytes)} MiB: ${mend}`,
    );
    this.tensor = tensor;
    this.neededBytes = neededBytes;
    this.limitBytes = limitBytes;
  }
}

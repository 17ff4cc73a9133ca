import { door } from "#door";
import {
  DeviceLostError,
  GpuInternalError,
  GpuOutOfMemoryError,
  GpuValidationError,
  ShaderCompilationError,
} from "./errors.ts";

/** A device's error as one of ours. */
function faultFrom(error: GPUError): Error {
  if (error instanceof GPUOutOfMemoryError) return new GpuOutOfMemoryError(error.message);
  if (error instanceof GPUInternalError) return new GpuInternalError(error.message);
  return new GpuValidationError(error.message);
}

/** What a device reports beside the results of calls: errors nobody asked for, and its loss. */
export class Faults {
  #reported: Error[] = [];
  #loss: string | undefined;

  constructor(device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // Else Dawn prints the message too.
      this.report(faultFrom(event.error));
    });
    void device.lost.then(({ reason, message }) => {
      this.#loss = `the GPU device was lost (${reason}): ${message || "no details"}`;
    });
  }

  /** Keeps `fault` for the next `throwIfFailed`. */
  report(fault: Error): void {
    this.#reported.push(fault);
  }

  /** @throws DeviceLostError */
  throwIfLost(): void {
    if (this.#loss !== undefined) throw new DeviceLostError(this.#loss);
  }

  /**
   * Throws what was reported since the last call, the rest of it as `cause`. Lack of memory comes first: it is what
   * makes later calls invalid.
   */
  throwIfFailed(): void {
    this.throwIfLost();
    if (this.#reported.length > 0) throw this.#takeReported([]);
  }

  /** What to throw where a promise of the device rejects with `error`: the loss or the fault behind it, or itself. */
  async behind(error: unknown): Promise<unknown> {
    await door.turn(); // Dawn may tell of the loss only after it rejects.
    if (this.#loss !== undefined) return new DeviceLostError(this.#loss, { cause: error });
    if (this.#reported.length === 0 || error instanceof ShaderCompilationError) return error;
    return this.#takeReported([error]);
  }

  #takeReported(consequences: readonly unknown[]): Error {
    const outOfMemory = this.#reported.find((fault) => fault instanceof GpuOutOfMemoryError);
    const first = outOfMemory ?? this.#reported[0]!;
    const others = [...this.#reported.filter((fault) => fault !== first), ...consequences];
    this.#reported = [];
    if (others.length > 0) first.cause = others.length === 1 ? others[0] : new AggregateError(others, "several errors");
    return first;
  }
}

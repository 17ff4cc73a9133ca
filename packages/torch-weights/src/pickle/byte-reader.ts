import { refuse } from "../error.ts";

/** Globals' module and name lines are shorter; a longer one is no pickle of torch's. */
const maxLineBytes = 256;

/** Tensors' names are shorter, and so is all else that a state_dict says in words. */
const maxTextBytes = 2 ** 16;

/** Reads forward through bytes and never past their end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Skips `count` bytes and returns where they begin. @throws TorchWeightsError where fewer are left */
  #take(count: number): number {
    if (count > this.left) {
      refuse(
        `it ends too early: ${count} bytes are wanted at byte ${this.#at}, ${this.left} are left; get the file again`,
      );
    }
    const start = this.#at;
    this.#at += count;
    return start;
  }

  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Eight bytes as an exact count. @throws TorchWeightsError beyond 2^53 */
  count64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`a count of ${value} is beyond any file`);
    return Number(value);
  }

  /** Pickle writes its floats big-endian. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A two's complement integer of so many bytes: a number where it is exact, otherwise a bigint. */
  integer(byteCount: number): number | bigint {
    const digits = Buffer.from(this.bytes(byteCount)).reverse().toString("hex");
    const value = digits === "" ? 0n : BigInt.asIntN(8 * byteCount, BigInt(`0x${digits}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  text(byteCount: number): string {
    const start = this.#at;
    const bytes = this.bytes(byteCount);
    if (byteCount > maxTextBytes) refuse(`the text at byte ${start} is above the bound of ${maxTextBytes} bytes`);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return refuse(`the text at byte ${start} is no UTF-8`);
      throw error;
    }
  }

  /** Text up to a line feed, which is skipped. */
  line(): string {
    const length = this.#bytes.subarray(this.#at, this.#at + maxLineBytes).indexOf(0x0a);
    if (length === -1) return refuse(`the line at byte ${this.#at} has no end within ${maxLineBytes} bytes`);
    const text = this.text(length);
    this.#at += 1;
    return text;
  }
}

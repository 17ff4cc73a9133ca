/** Keeps a few asynchronous results under way and hands them over in order: the device never waits for the host. */
export class InFlight<T> {
  readonly #depth: number;
  readonly #consume: (result: T) => void;
  readonly #waiting: Promise<T>[] = [];

  constructor(depth: number, consume: (result: T) => void) {
    this.#depth = depth;
    this.#consume = consume;
  }

  /** Adds a result to come; waits for the oldest where more than `depth` are under way. */
  async add(result: Promise<T>): Promise<void> {
    result.catch(() => {}); // thrown where it is awaited
    this.#waiting.push(result);
    if (this.#waiting.length > this.#depth) this.#consume(await this.#waiting.shift()!);
  }

  /** Waits for all that is under way. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) this.#consume(await this.#waiting.shift()!);
  }
}

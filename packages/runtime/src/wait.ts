const cell = new Int32Array(new SharedArrayBuffer(4));
/** Long enough to leave the cores to the driver's threads, short enough that a completion, about 19 turns, is quick. */
const leastMs = 0.05;
/**
 * A wait of seconds, as for a shader that is compiled, dozes longer, since turning alone takes a fifth of a core. At a
 * thousandth of what was waited a completion is late by a fiftieth of it.
 */
const shareOfWait = 1 / 1000;
/** What else the event loop does goes on meanwhile, a turn at a time. */
const mostMs = 1;

/**
 * Lets the JavaScript thread doze while GPU work is pending on a software adapter.
 * Dawn's Node bindings poll from the event loop as fast as it turns; on a CPU adapter that loop takes a core
 * from the threads that compute. One short sleep a turn gives it back. On a real GPU nothing is done.
 */
export class CooperativeWait {
  readonly #enabled: boolean;
  #pending = 0;
  #turning = false;
  /** When a promise last came or settled. */
  #since = 0;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /**
   * Returns `promise`; until it settles, turns of the event loop doze. The dozing keeps no process alive: a promise
   * that never settles does not stop it from ending.
   */
  track<T>(promise: Promise<T>): Promise<T> {
    if (!this.#enabled) return promise;
    this.#pending += 1;
    this.#since = performance.now();
    if (!this.#turning) this.#turn();
    return promise.finally(() => {
      this.#pending -= 1;
      this.#since = performance.now();
    });
  }

  #turn(): void {
    this.#turning = this.#pending > 0;
    if (!this.#turning) return;
    setImmediate(() => {
      const waitedMs = performance.now() - this.#since;
      Atomics.wait(cell, 0, 0, Math.min(mostMs, Math.max(leastMs, shareOfWait * waitedMs)));
      this.#turn();
    }).unref();
  }
}

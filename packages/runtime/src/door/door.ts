import type { AdapterSource } from "../adapter/source.ts";

/** Waits for promises of a device without taking the cores that it computes on. */
export interface Waiting {
  readonly track: <T>(promise: Promise<T>) => Promise<T>;
}

/**
 * What differs between the places that Fledge runs in. `#door` is the one of Node or of a browser, by the `imports` of
 * package.json; nothing else in this project knows which.
 */
export interface Door {
  readonly adapters: AdapterSource;
  /** What helps where there is no adapter, in sentences. */
  readonly noAdapterMend: string;
  /** The text of a file of this repository, at once. @throws where there is none */
  readonly readText: (url: URL) => string;
  /** The SHA-256 of a text's UTF-8, in hexadecimal. */
  readonly sha256: (text: string) => string;
  /** Lets the event loop turn once. */
  readonly turn: () => Promise<void>;
  /** How to wait for promises of a device, which computes on the CPU or not. */
  readonly waiting: (software: boolean) => Waiting;
}

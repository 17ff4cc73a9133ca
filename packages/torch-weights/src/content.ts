import type { PickleValue } from "./pickle/value.ts";
import type { Storage } from "./storage.ts";

/** What a file of either format holds: the value that was saved, and its storages' bytes. */
export interface Content {
  readonly saved: PickleValue;
  /** The bytes of each storage that the value refers to, of its exact size. */
  readonly bytesOf: (storage: Storage) => Uint8Array;
}

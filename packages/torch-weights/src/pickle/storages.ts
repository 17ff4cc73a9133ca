import { isCount } from "../count.ts";
import { refuse } from "../error.ts";
import { Storage, StorageType } from "../storage.ts";
import { PickleTuple, type PickleValue } from "./value.ts";

/** The storages that a pickle refers to, by key; the same storage for the same key. */
export class Storages {
  readonly byKey = new Map<string, Storage>();

  /**
   * Resolves a persistent id: ("storage", type, key, device, elements); the legacy format adds a view or None.
   * @throws TorchWeightsError for any other id, and where two ids with one key differ
   */
  resolve(id: PickleValue): Storage {
    const [kind, type, key, , elements, view = null] = id instanceof PickleTuple ? id.items : [];
    if (kind !== "storage" || !(type instanceof StorageType) || typeof key !== "string") {
      return refuse("a persistent id names no storage");
    }
    const name = JSON.stringify(key);
    if (!isCount(elements)) return refuse(`storage ${name} has a size that is no count`);
    if (view !== null) return refuse(`storage ${name} is a view of another; save the file again with a newer PyTorch`);
    const storage = this.byKey.get(key) ?? new Storage(key, type, elements);
    if (storage.type !== type || storage.elements !== elements) refuse(`storage ${name} is given two types or sizes`);
    this.byKey.set(key, storage);
    return storage;
  }
}

import { refuse } from "../error.ts";
import type { Storage, StorageType } from "../storage.ts";
import type { TensorView } from "../tensor-view.ts";

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

type Key = null | boolean | number | bigint | string;

/** A dict or an OrderedDict; no name in it can reach a prototype. */
export class PickleDict {
  readonly entries = new Map<Key, PickleValue>();
  /** What BUILD gave an OrderedDict as attributes, such as `_metadata`; undefined where it gave none. */
  state: PickleDict | undefined;

  /** @throws TorchWeightsError for a key that is no plain value, or stands twice: two readers could see two files */
  set(key: PickleValue, value: PickleValue): void {
    if (typeof key === "object" && key !== null) return refuse("a dict has a key that is neither text nor number");
    if (this.entries.has(key)) refuse(`the key ${JSON.stringify(String(key))} stands twice in one dict`);
    this.entries.set(key, value);
  }
}

/** An allowed Python function or class, called by REDUCE; the arguments are checked. */
export class PickleGlobal {
  readonly name: string;
  readonly call: (args: readonly PickleValue[]) => PickleValue;
  constructor(name: string, call: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.call = call;
  }
}

/** An object that stands beside the weights, as a script's options do: its class is known to be harmless, its contents are dropped. */
export class PickleObject {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What the opcodes that we read can build: data, never an object of a class that the file names. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleObject
  | StorageType
  | Storage
  | TensorView;

import { refuse } from "../error.ts";
import { TensorView } from "../tensor-view.ts";
import type { ByteReader } from "./byte-reader.ts";
import { findGlobal } from "./globals.ts";
import type { Storages } from "./storages.ts";
import { PickleDict, PickleGlobal, PickleList, PickleObject, PickleTuple, type PickleValue } from "./value.ts";

/** MARKs open at once. */
const maxDepth = 1000;

/** Stack and memo of one pickle. Nothing here calls code that the file names: a global is one of `findGlobal`'s. */
export class Machine {
  readonly reader: ByteReader;
  readonly #storages: Storages;
  #stack: PickleValue[] = [];
  /** The stacks below the open MARKs. */
  readonly #below: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(reader: ByteReader, storages: Storages) {
    this.reader = reader;
    this.#storages = storages;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    return this.#stack.length > 0 ? this.#stack.pop()! : refuse("its pickle takes a value from an empty stack");
  }

  #top(): PickleValue {
    return this.#stack.length > 0 ? this.#stack.at(-1)! : refuse("its pickle wants a value of an empty stack");
  }

  mark(): void {
    if (this.#below.length >= maxDepth) refuse(`its pickle nests deeper than ${maxDepth}`);
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** The values since the last MARK, which is closed. */
  sinceMark(): PickleValue[] {
    const items = this.#stack;
    this.#stack = this.#below.pop() ?? refuse("its pickle closes a mark that it did not open");
    return items;
  }

  tuple(length: number): PickleTuple {
    return new PickleTuple(Array.from({ length }, () => this.pop()).reverse());
  }

  append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (list instanceof PickleObject) return;
    if (!(list instanceof PickleList)) return refuse("its pickle appends to something that is no list");
    for (const item of items) list.items.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (dict instanceof PickleObject) return;
    if (!(dict instanceof PickleDict)) return refuse("its pickle sets items of something that is no dict");
    if (items.length % 2 !== 0) refuse("its pickle sets a key without a value");
    for (let at = 0; at < items.length; at += 2) dict.set(items[at]!, items[at + 1]!);
  }

  /** @param index by default the next, as in protocol 4 */
  keep(index = this.#memo.size): void {
    this.#memo.set(index, this.#top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    this.push(value === undefined ? refuse(`its pickle recalls value ${index}, which it did not keep`) : value);
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof PickleGlobal)) return refuse("its pickle calls something that is no function");
    if (!(args instanceof PickleTuple)) return refuse(`its pickle calls ${callee.name} without arguments`);
    this.push(callee.call(args.items));
  }

  /** An object that `reduce` would call for: of a harmless class, not of one that makes a part of a state_dict. */
  newObject(): void {
    this.reduce();
    if (!(this.#top() instanceof PickleObject)) refuse("its pickle makes an object (NEWOBJ) that no state_dict needs");
  }

  storage(): void {
    this.push(this.#storages.resolve(this.pop()));
  }

  /** State that the values do not need: an OrderedDict's `_metadata` (module versions and text), which is kept, an old Parameter's flags. */
  build(): void {
    const state = this.pop();
    const target = this.#top();
    const known =
      target instanceof PickleObject ||
      (target instanceof PickleDict && state instanceof PickleDict) ||
      (target instanceof TensorView && state instanceof PickleTuple);
    if (target instanceof PickleDict && state instanceof PickleDict) target.state = state;
    if (!known) refuse("its pickle sets the state (BUILD) of something that is neither an OrderedDict nor a Parameter");
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof name !== "string" || typeof module !== "string") return refuse("its pickle names a global by no text");
    const first = this.#stack[0];
    // Before PyTorch 1.6 a module's class stood in a persistent id: ("module", class, file, source).
    const outermost = (this.#below.length === 0 && first === undefined) || first === "module";
    this.push(findGlobal(module, name, outermost));
  }

  /** The one value that a whole pickle leaves. */
  result(): PickleValue {
    if (this.#below.length > 0 || this.#stack.length !== 1) return refuse("its pickle stops with other than one value");
    return this.pop();
  }
}

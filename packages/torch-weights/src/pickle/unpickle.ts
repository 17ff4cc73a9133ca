import { refuse } from "../error.ts";
import { ByteReader } from "./byte-reader.ts";
import { Machine } from "./machine.ts";
import type { Storages } from "./storages.ts";
import { PickleDict, PickleList, PickleObject, PickleTuple, type PickleValue } from "./value.ts";

/** ResNet-152's state_dict takes a tenth of it. A hostile byte can cost some 250 of memory: an empty dict. */
const maxPickleBytes = 2 ** 20;

const protocols = [2, 3, 4];
const stop = 0x2e;

function proto(version: number): void {
  if (!protocols.includes(version)) refuse(`its pickle has protocol ${version}; ${protocols.join(", ")} are read`);
}

/** Bytes are no part of a state_dict, but of what may stand beside it. */
function dropBytes(machine: Machine, count: number): void {
  machine.reader.bytes(count);
  machine.push(new PickleObject("bytes"));
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  machine.global(machine.pop(), name);
}

/** What torch's state_dicts use of the opcodes, under their codes and names in Python's pickletools. */
const opcodes: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, ({ reader }) => proto(reader.uint8())], // PROTO
  [0x95, ({ reader }) => void reader.count64()], // FRAME
  [0x28, (machine) => machine.mark()], // MARK
  [0x4e, (machine) => machine.push(null)], // NONE
  [0x88, (machine) => machine.push(true)], // NEWTRUE
  [0x89, (machine) => machine.push(false)], // NEWFALSE
  [0x4a, (machine) => machine.push(machine.reader.int32())], // BININT
  [0x4b, (machine) => machine.push(machine.reader.uint8())], // BININT1
  [0x4d, (machine) => machine.push(machine.reader.uint16())], // BININT2
  [0x8a, (machine) => machine.push(machine.reader.integer(machine.reader.uint8()))], // LONG1
  [0x47, (machine) => machine.push(machine.reader.float64BigEndian())], // BINFLOAT
  [0x58, (machine) => machine.push(machine.reader.text(machine.reader.uint32()))], // BINUNICODE
  [0x8c, (machine) => machine.push(machine.reader.text(machine.reader.uint8()))], // SHORT_BINUNICODE
  [0x54, (machine) => machine.push(machine.reader.text(machine.reader.uint32()))], // BINSTRING, of Python 2
  [0x55, (machine) => machine.push(machine.reader.text(machine.reader.uint8()))], // SHORT_BINSTRING, of Python 2
  [0x42, (machine) => dropBytes(machine, machine.reader.uint32())], // BINBYTES
  [0x43, (machine) => dropBytes(machine, machine.reader.uint8())], // SHORT_BINBYTES
  [0x29, (machine) => machine.push(new PickleTuple([]))], // EMPTY_TUPLE
  [0x85, (machine) => machine.push(machine.tuple(1))], // TUPLE1
  [0x86, (machine) => machine.push(machine.tuple(2))], // TUPLE2
  [0x87, (machine) => machine.push(machine.tuple(3))], // TUPLE3
  [0x74, (machine) => machine.push(new PickleTuple(machine.sinceMark()))], // TUPLE
  [0x5d, (machine) => machine.push(new PickleList())], // EMPTY_LIST
  [0x61, (machine) => machine.append([machine.pop()])], // APPEND
  [0x65, (machine) => machine.append(machine.sinceMark())], // APPENDS
  [0x7d, (machine) => machine.push(new PickleDict())], // EMPTY_DICT
  [0x73, (machine) => machine.setItems(machine.tuple(2).items)], // SETITEM
  [0x75, (machine) => machine.setItems(machine.sinceMark())], // SETITEMS
  [0x71, (machine) => machine.keep(machine.reader.uint8())], // BINPUT
  [0x72, (machine) => machine.keep(machine.reader.uint32())], // LONG_BINPUT
  [0x94, (machine) => machine.keep()], // MEMOIZE
  [0x68, (machine) => machine.recall(machine.reader.uint8())], // BINGET
  [0x6a, (machine) => machine.recall(machine.reader.uint32())], // LONG_BINGET
  [0x63, (machine) => machine.global(machine.reader.line(), machine.reader.line())], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x52, (machine) => machine.reduce()], // REDUCE
  [0x81, (machine) => machine.newObject()], // NEWOBJ
  [0x62, (machine) => machine.build()], // BUILD
  [0x51, (machine) => machine.storage()], // BINPERSID
]);

interface Unpickled {
  readonly value: PickleValue;
  /** The byte behind the pickle. */
  readonly end: number;
}

/**
 * Reads one pickle, which need not reach the end of `bytes`. It can build only what `PickleValue` lists: an opcode or
 * a name beside those that state_dicts use is refused, so nothing that the file says is run.
 * @param storages takes up the storages that the pickle refers to
 * @throws TorchWeightsError
 */
export function unpickle(bytes: Uint8Array, start: number, storages: Storages): Unpickled {
  const reader = new ByteReader(bytes, start);
  const machine = new Machine(reader, storages);
  for (;;) {
    const at = reader.at;
    if (at - start > maxPickleBytes) refuse(`its pickle is above the bound of ${maxPickleBytes} bytes`);
    const code = reader.uint8();
    if (code === stop) return { value: machine.result(), end: reader.at };
    const run = opcodes.get(code);
    const digits = code.toString(16).padStart(2, "0");
    if (!run) return refuse(`its pickle has the opcode 0x${digits} at byte ${at}, which no state_dict needs`);
    run(machine);
  }
}

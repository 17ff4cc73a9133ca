import { closingOf, splitList, type Edit } from "@fledge/runtime";
import { entryPointIn } from "../hazards/reorder.ts";
import { UntraceableError, lineOf } from "./accesses.ts";
import { typeOfExpression } from "./expression-type.ts";

/** Operations that hand on another lane's value: which lane's, where `own` is this lane's place and `at` what it asks for. */
const shuffles: Readonly<Record<string, string>> = {
  subgroupShuffle: "at",
  subgroupBroadcast: "at",
  subgroupShuffleXor: "own ^ at",
  subgroupShuffleUp: "own - at",
  subgroupShuffleDown: "own + at",
};

/** Operations over the values of all lanes: how two of them are taken together. */
const folds: Readonly<Record<string, string>> = {
  subgroupAdd: "a + b",
  subgroupMul: "a * b",
  subgroupMax: "max(a, b)",
  subgroupMin: "min(a, b)",
  subgroupAnd: "a & b",
  subgroupOr: "a | b",
  subgroupXor: "a ^ b",
};

/** Where a workgroup's invocations lie in subgroups: neighbours together. */
const builtins = (lanes: number, size: number): Readonly<Record<string, string>> => ({
  subgroup_size: `${lanes}u`,
  subgroup_invocation_id: `(fledge_local % ${lanes}u)`,
  subgroup_id: `(fledge_local / ${lanes}u)`,
  num_subgroups: `${Math.ceil(size / lanes)}u`,
});

const named = (operation: string, type: string): string => `fledge_${operation}_${type.replace(/\W+/g, "_")}`;

/** Memory through which lanes hand on values of a type. Two barriers: before them it is still read, behind them whole. */
const handingOn = (type: string, size: number): string => `
var<workgroup> ${named("handed", type)}: array<${type}, ${size}>;
fn ${named("hand", type)}(value: ${type}) {
  workgroupBarrier();
  ${named("handed", type)}[fledge_local] = value;
  workgroupBarrier();
}`;

function operationOf(operation: string, type: string, lanes: number, size: number): string {
  const [handed, first] = [named("handed", type), `fledge_local / ${lanes}u * ${lanes}u`];
  const hand = `${named("hand", type)}(value); let first = ${first};`;
  const fold = folds[operation];
  return fold === undefined
    ? `
fn ${named(operation, type)}(value: ${type}, at: u32) -> ${type} {
  ${hand} let own = fledge_local % ${lanes}u;
  return ${handed}[min(first + (${shuffles[operation]}) % ${lanes}u, ${size - 1}u)];
}`
    : `
fn ${named(operation, type)}(value: ${type}) -> ${type} {
  ${hand} var a = ${handed}[first];
  for (var i = first + 1u; i < min(first + ${lanes}u, ${size}u); i++) { let b = ${handed}[i]; a = ${fold}; }
  return a;
}`;
}

/** What makes a module that uses subgroups one that does not. */
interface Emulation {
  readonly edits: readonly Edit[];
  /** Functions and variables to be added; `fledge_local`, the invocation's index in its workgroup, must be set first. */
  readonly helpers: string;
}

/**
 * Subgroups where a device has none, or others: lanes hand on their values through workgroup memory, between barriers.
 * What the module reads and writes, and every index, stay its own.
 * @param code without comments
 * @param size invocations of a workgroup of the entry point that will run
 * @throws UntraceableError naming an operation that is not emulated
 */
export function emulatedSubgroups(code: string, lanes: number, size: number): Emulation {
  const edits: Edit[] = [];
  for (const { index, 0: text } of code.matchAll(/\benable subgroups;/g))
    edits.push({ at: index, length: text.length, text: "" });
  const values = builtins(lanes, size);
  for (const [, name] of code.matchAll(/@compute\b[^{};]*?\bfn\s+(\w+)/g)) {
    const { parameters, bodyStart } = entryPointIn(code, name!)!;
    for (const { builtin, name: parameter, from, end } of parameters) {
      if (!(builtin in values)) continue;
      edits.push({ at: from, length: end - from, text: "" });
      edits.push({ at: bodyStart, text: ` let ${parameter} = ${values[builtin]};` });
    }
  }
  const types = new Set<string>();
  const operations = new Map<string, string>();
  for (const { index, 1: operation } of code.matchAll(/\b(subgroup[A-Z]\w*|quad[A-Z]\w*)\s*\(/g)) {
    const refuse = (what: string): never => {
      throw new UntraceableError(
        `line ${lineOf(code, index)} ${what}; an adapter whose own subgroups have ${lanes} lanes does`,
      );
    };
    if (!(operation! in shuffles || operation! in folds))
      refuse(`uses ${operation}, which a trace that emulates subgroups does not follow`);
    const open = code.indexOf("(", index);
    const [value = ""] = splitList(code.slice(open + 1, closingOf(code, open)));
    const type =
      typeOfExpression(code, value, index) ??
      refuse(`gives ${operation} a value whose type a trace that emulates subgroups does not find`);
    types.add(type);
    operations.set(named(operation!, type), operationOf(operation!, type, lanes, size));
    edits.push({ at: index, length: operation!.length, text: named(operation!, type) });
  }
  return { edits, helpers: [...[...types].map((type) => handingOn(type, size)), ...operations.values()].join("\n") };
}

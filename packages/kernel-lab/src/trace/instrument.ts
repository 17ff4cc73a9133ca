import { applyEdits, closingOf, parseWgsl, splitList, type Dispatch, type Edit } from "@fledge/runtime";
import { entryPointIn } from "../hazards/reorder.ts";
import {
  placesOf,
  UntraceableError,
  type AccessPlace,
  type CodePlace,
  type TracedCode,
  type TracedVariable,
} from "./accesses.ts";
import { evaluatorOf, type Evaluate } from "./layout.ts";
import { emulatedSubgroups } from "./subgroups.ts";

/** A loop is entered, goes round, is left; a function is called, returns. */
interface LoopOrCall {
  readonly what: "enter" | "turn" | "leave";
  readonly place: CodePlace;
}

/** What an entry of the log tells of: `sites[n]` is entry `n`'s. */
export type Site =
  | { readonly what: "access"; readonly place: AccessPlace }
  | { readonly what: "barrier"; readonly place: CodePlace }
  | LoopOrCall;

export interface Instrumented {
  readonly wgsl: string;
  readonly sites: readonly Site[];
  readonly variables: readonly TracedVariable[];
  readonly workgroupSize: readonly [number, number, number];
  /** Elements in a row of a variable in workgroup memory, where its subscripts show one: `k * BN + n` has rows of BN. */
  readonly rowLengths: ReadonlyMap<string, number>;
}

/** The binding that the log takes. */
export const logName = "fledge_log";
/** An entry's index is below; a larger one, of an address that wrapped around, counts as the last. */
export const indexRange = 2 ** 22;
const mostSites = 2 ** 10 - 1;

/** What a subscript multiplies its row by, `BN` in `k * BN + n`, or in `(k * BN + n) / 4` for vectors; null where it shows none. */
function rowIn(subscript: string, evaluate: Evaluate): number | null {
  const [, inner, divisor] = /^\s*\((.*)\)\s*\/\s*(\d+)\s*$/s.exec(subscript) ?? [];
  if (inner !== undefined && closingOf(subscript, subscript.indexOf("(")) === subscript.lastIndexOf(")")) {
    const row = rowIn(inner, evaluate);
    return row === null ? null : row / Number(divisor);
  }
  let depth = 0;
  let from = -1;
  for (let i = 0; i <= subscript.length; i += 1) {
    const character = subscript[i];
    if (character === "(" || character === "[") depth += 1;
    else if (character === ")" || character === "]") depth -= 1;
    if (depth > 0) continue;
    if (character === "*" && from === -1) from = i + 1;
    else if (from !== -1 && (character === "+" || character === "-" || character === undefined))
      return evaluate(subscript.slice(from, i).trim());
  }
  return null;
}

function rowLengthsOf(code: string, places: readonly CodePlace[], evaluate: Evaluate): Map<string, number> {
  const votes = new Map<string, Map<number, number>>();
  for (const place of places) {
    if (place.what !== "access" || place.variable.space !== "workgroup" || place.subscripts.length === 0) continue;
    const { start, end } = place.subscripts.at(-1)!;
    const row = rowIn(code.slice(start, end), evaluate);
    if (row === null || row < 1 || !Number.isInteger(row)) continue;
    const ofName = votes.get(place.variable.name) ?? new Map<number, number>();
    // Lanes fill a tile as it comes, and read it as the rows that it has.
    const weight = place.kind === "read" ? 2 : 1;
    votes.set(place.variable.name, ofName.set(row, (ofName.get(row) ?? 0) + weight));
  }
  return new Map([...votes].map(([name, rows]) => [name, [...rows].sort((a, b) => b[1] - a[1])[0]![0]]));
}

/**
 * A loop whose turns a compiler cannot count is not unrolled, and each entry of the log compiled once. Barriers, and what
 * may hold one, want turns that are the same for all invocations.
 */
const neverBreaks = " if (fledge_end == 0u) { break; }";
const mayBreak = (body: string, functions: TracedCode["functions"]): boolean =>
  !/\b(\w*Barrier|workgroupUniformLoad|(subgroup|quad)[A-Z]\w*)\s*\(/.test(body) &&
  [...body.matchAll(/\b(\w+)\s*\(/g)].every(([, name]) => !functions.has(name!));

/** Functions that do something a trace tells of, themselves or through those that they call. */
function tellingFunctions(places: readonly CodePlace[]): ReadonlySet<string> {
  const telling = new Set(places.flatMap(({ what, inFunction }) => (what === "call" ? [] : [inFunction])));
  for (let size = -1; size !== telling.size;) {
    size = telling.size;
    for (const place of places) if (place.what === "call" && telling.has(place.callee)) telling.add(place.inFunction);
  }
  return telling;
}

/** Expressions for the invocation's place, and the parameters that the entry point lacks for them. */
function placeOfInvocation(parameters: readonly { readonly builtin: string; readonly name: string }[]) {
  const extra: string[] = [];
  const nameOf = (builtin: string, type: string): string => {
    const given = parameters.find((one) => one.builtin === builtin);
    if (!given) extra.push(`@builtin(${builtin}) fledge_${builtin}: ${type}, `);
    return given?.name ?? `fledge_${builtin}`;
  };
  const [group, groups] = [nameOf("workgroup_id", "vec3u"), nameOf("num_workgroups", "vec3u")];
  const local = nameOf("local_invocation_index", "u32");
  return {
    extra: extra.join(""),
    group: `((${group}.z * ${groups}.y + ${group}.y) * ${groups}.x + ${group}.x)`,
    local,
  };
}

/**
 * The dispatch's module with a log: each read and write of a buffer or of workgroup memory, each turn of a loop, call
 * and barrier appends an entry to the buffer `fledge_log`, and does what it did before. Only text is inserted, so every
 * index is computed by the module's own expression. Each invocation has its own stretch of the log; an entry is a word,
 * `(site + 1) * indexRange + index`, and 0 ends them.
 * @param entriesEach entries that an invocation has room for; its last word is filled only where they do not suffice
 * @param lanes of the subgroups that are emulated; undefined where the device's own run
 * @throws UntraceableError where the module does what is not followed
 */
export function instrument(
  dispatch: Dispatch,
  binding: number,
  entriesEach: number,
  lanes: number | undefined,
): Instrumented {
  const { wgsl } = dispatch;
  const { code } = parseWgsl(wgsl);
  const evaluate = evaluatorOf(code);
  const { variables, functions, places } = placesOf(code);
  const entry = entryPointIn(code, dispatch.entryPoint);
  if (!entry) throw new UntraceableError(`the entry point ${dispatch.entryPoint} cannot be read`);
  const size = entry.workgroupSize.map((expression) => {
    const value = evaluate(expression);
    if (value === null) throw new UntraceableError(`the workgroup size "${expression}" is not known here`);
    return value;
  }) as [number, number, number];

  const sites: Site[] = [];
  const site = (one: Site): string => `${sites.push(one) - 1}u`;
  const edits: Edit[] = [];
  const helpers: string[] = [];
  const telling = tellingFunctions(places);
  const insert = (at: number, text: string): void => void edits.push({ at, text });
  /** Before a statement that may stand behind another one. */
  const before = (place: CodePlace, text: string): void => {
    if (/^(else|for|while|loop|case)\b/.test(place.statement.text))
      throw new UntraceableError(`"${place.statement.text}" does what a trace does not follow in the head of a branch`);
    insert(place.statement.start, text);
  };

  for (const place of places) {
    if (place.what === "barrier") before(place, `fledge_note(${site({ what: "barrier", place })}, 0u); `);
    else if (place.what === "loop") {
      const tells = (one: CodePlace): boolean =>
        one.what === "call" ? telling.has(one.callee) : one.what === "access" || one.what === "barrier";
      if (!places.some((one) => one.at > place.at && one.at < place.close && tells(one))) continue;
      insert(place.at, `fledge_note(${site({ what: "enter", place })}, 0u); `);
      insert(place.open + 1, ` fledge_note(${site({ what: "turn", place })}, 0u);`);
      if (mayBreak(code.slice(place.open, place.close), functions)) insert(place.open + 1, neverBreaks);
      insert(place.close + 1, ` fledge_note(${site({ what: "leave", place })}, 0u);`);
    } else if (place.what === "call") {
      if (!telling.has(place.callee)) continue; // A driver has enough to compile as it is.
      const { parameters, result } = functions.get(place.callee)!;
      const [enter, leave] = [site({ what: "enter", place }), site({ what: "leave", place })];
      const given = splitList(parameters).map((one) => /(\w+)\s*:/.exec(one)![1]!);
      const name = `fledge_call_${enter}`;
      edits.push({ at: place.at, text: name, length: place.callee.length });
      const call = `${place.callee}(${given.join(", ")});`;
      helpers.push(
        `fn ${name}(${parameters}) ${result} { fledge_note(${enter}, 0u); ` +
          (result === ""
            ? `${call} fledge_note(${leave}, 0u); }`
            : `let result = ${call} fledge_note(${leave}, 0u); return result; }`),
      );
    } else instrumentAccess(place);
  }

  function instrumentAccess(place: AccessPlace): void {
    const id = site({ what: "access", place });
    const { subscripts, variable } = place;
    const last = subscripts.at(-1);
    if (!last) {
      // No subscript to pass through the log. A read passes its value, anything else stands behind its entry.
      if (place.kind === "read" && !place.byAddress) {
        helpers.push(
          `fn fledge_see_${id}(value: ${variable.typeText}) -> ${variable.typeText} { fledge_note(${id}, 0u); return value; }`,
        );
        insert(place.at, `fledge_see_${id}(`);
        insert(place.nameEnd, ")");
      } else before(place, `fledge_note(${id}, 0u); `);
      return;
    }
    const outer = subscripts.slice(0, -1);
    if (outer.length > 0) helpers.push(`var<private> fledge_held_${id}: u32;`);
    outer.forEach(({ start, end }, level) => {
      const held = level === 0 ? "index" : `fledge_held_${id} * ${variable.type.lengths[level]}u + index`;
      helpers.push(`fn fledge_hold_${id}_${level}(index: u32) -> u32 { fledge_held_${id} = ${held}; return index; }`);
      insert(start, `fledge_hold_${id}_${level}(u32(`);
      insert(end, "))");
    });
    const index = outer.length === 0 ? "index" : `fledge_held_${id} * ${variable.type.lengths.at(-1)}u + index`;
    helpers.push(`fn fledge_at_${id}(index: u32) -> u32 { fledge_note(${id}, ${index}); return index; }`);
    insert(last.start, `fledge_at_${id}(u32(`);
    insert(last.end, "))");
  }

  const { extra, group, local } = placeOfInvocation(entry.parameters);
  const invocations = size.reduce((a, b) => a * b);
  insert(entry.parametersStart, extra);
  insert(
    entry.bodyStart,
    ` fledge_local = ${local}; fledge_next = (${group} * ${invocations}u + fledge_local) * ${entriesEach}u; fledge_end = fledge_next + ${entriesEach - 1}u;`,
  );
  if (lanes !== undefined) {
    const emulation = emulatedSubgroups(code, lanes, invocations);
    edits.push(...emulation.edits);
    helpers.push(emulation.helpers);
  }
  if (sites.length >= mostSites)
    throw new UntraceableError(
      `it reads and writes in ${sites.length} places, more than the ${mostSites} that fit a log`,
    );
  // One store for an entry, and no atomic: on a CPU's adapter every entry is compiled in place, at much cost.
  const log = `
@group(0) @binding(${binding}) var<storage, read_write> ${logName}: array<u32>;
var<private> fledge_local: u32;
var<private> fledge_next: u32;
var<private> fledge_end: u32;
fn fledge_note(site: u32, index: u32) {
  ${logName}[min(fledge_next, fledge_end)] = (site + 1u) * ${indexRange}u + min(index, ${indexRange - 1}u);
  fledge_next += 1u;
}
`;
  return {
    wgsl: applyEdits(wgsl, edits) + log + helpers.join("\n"),
    sites,
    variables,
    workgroupSize: size,
    rowLengths: rowLengthsOf(code, places, evaluate),
  };
}

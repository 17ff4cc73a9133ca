import { closingOf, splitList } from "@fledge/runtime";
import { evaluatorOf, typeOf, type VariableType } from "./layout.ts";

/** A buffer or a variable in workgroup memory. */
export interface TracedVariable {
  readonly name: string;
  readonly space: "storage" | "workgroup";
  readonly type: VariableType;
  /** Its type as it is written. */
  readonly typeText: string;
}

export interface WgslFunction {
  readonly name: string;
  readonly isEntry: boolean;
  /** What stands between the brackets behind its name. */
  readonly parameters: string;
  /** What stands before its body: `-> f32`; empty where it returns nothing. */
  readonly result: string;
  /** The brackets of its body. */
  readonly open: number;
  readonly close: number;
}

export type AccessKind = "read" | "write" | "update";

/** A statement, or the head of one with a body: what is one step. */
export interface Statement {
  readonly start: number;
  readonly text: string;
}

interface Placed {
  readonly at: number;
  readonly statement: Statement;
  readonly inFunction: string;
}

/** Where the code reads or writes a traced variable. */
export interface AccessPlace extends Placed {
  readonly what: "access";
  readonly variable: TracedVariable;
  readonly kind: AccessKind;
  /** What stands in each pair of brackets behind the name; none of a variable that is no array. */
  readonly subscripts: readonly { readonly start: number; readonly end: number }[];
  /** Components of a vector that it takes, where the text says so. */
  readonly components: readonly number[] | null;
  /** Its address is taken, for an atomic function. */
  readonly byAddress: boolean;
  /** Where the name ends. */
  readonly nameEnd: number;
}

export interface LoopPlace extends Placed {
  readonly what: "loop";
  readonly open: number;
  readonly close: number;
}

export interface CallPlace extends Placed {
  readonly what: "call";
  readonly callee: string;
  /** Where the bracket behind its arguments stands: a call whose arguments hold another comes behind that. */
  readonly end: number;
}

export interface BarrierPlace extends Placed {
  readonly what: "barrier";
}

export type CodePlace = AccessPlace | LoopPlace | CallPlace | BarrierPlace;

export interface TracedCode {
  readonly variables: readonly TracedVariable[];
  readonly functions: ReadonlyMap<string, WgslFunction>;
  readonly places: readonly CodePlace[];
}

/** What a module does that a trace cannot follow. */
export class UntraceableError extends Error {
  override readonly name = "UntraceableError";
}

export const lineOf = (code: string, at: number): number => code.slice(0, at).split("\n").length;

function refuse(code: string, at: number, what: string): never {
  throw new UntraceableError(`line ${lineOf(code, at)} ${what}, which a trace does not follow`);
}

function variablesIn(code: string): TracedVariable[] {
  const evaluate = evaluatorOf(code);
  const declared = /\bvar<\s*(storage|workgroup)\s*(?:,\s*\w+\s*)?>\s*(\w+)\s*:\s*([^;=]+);/g;
  return [...code.matchAll(declared)].map(({ 1: space, 2: name, 3: typeText }) => ({
    name: name!,
    space: space as TracedVariable["space"],
    type: typeOf(typeText!, evaluate),
    typeText: typeText!.trim(),
  }));
}

function functionsIn(code: string): WgslFunction[] {
  return [...code.matchAll(/\bfn\s+(\w+)\s*\(/g)].map((match) => {
    const bracket = match.index + match[0].length - 1;
    const end = closingOf(code, bracket);
    const open = code.indexOf("{", end);
    const parameters = code.slice(bracket + 1, end);
    if (/\bptr\s*<\s*(storage|workgroup)\b/.test(parameters))
      refuse(code, match.index, "passes a buffer or workgroup memory by pointer");
    return {
      name: match[1]!,
      isEntry: /@compute\b[^{};]*$/.test(code.slice(0, match.index)),
      parameters,
      result: code.slice(end + 1, open).trim(),
      open,
      close: closingOf(code, open),
    };
  });
}

const barriers = new Set(["workgroupBarrier", "storageBarrier", "textureBarrier", "workgroupUniformLoad"]);
const loops = new Set(["for", "while", "loop"]);
const letters: Readonly<Record<string, number>> = { x: 0, y: 1, z: 2, w: 3, r: 0, g: 1, b: 2, a: 3 };

/** What an expression that starts with a variable's name reaches, and how the statement uses it. */
function accessAt(code: string, at: number, variable: TracedVariable): Omit<AccessPlace, keyof Placed | "what"> {
  const { lengths, width } = variable.type;
  const nameEnd = at + variable.name.length;
  const subscripts: { start: number; end: number }[] = [];
  const skip = (from: number): number => from + /^\s*/.exec(code.slice(from, from + 200))![0].length;
  let end = nameEnd;
  while (subscripts.length < lengths.length && code[skip(end)] === "[") {
    const open = skip(end);
    const close = closingOf(code, open);
    subscripts.push({ start: open + 1, end: close });
    end = close + 1;
  }
  const before = code.slice(0, at).trimEnd();
  const byAddress = before.endsWith("&") && /[(,=]\s*$/.test(before.slice(0, -1));
  if (byAddress) {
    const [, callee = ""] = /(\w+)\s*(?:<[^()]*>)?\(\s*&$/.exec(before) ?? [];
    const atomic = /^atomic(\w+)$/.exec(callee)?.[1];
    if (callee !== "workgroupUniformLoad" && atomic === undefined)
      refuse(code, at, `takes the address of ${variable.name}`);
    const kind = atomic === undefined || atomic === "Load" ? "read" : atomic === "Store" ? "write" : "update";
    return { variable, kind, subscripts, components: null, byAddress, nameEnd };
  }
  if (subscripts.length < lengths.length) refuse(code, at, `takes ${variable.name} as a whole`);
  let components: readonly number[] | null = null;
  for (let next = skip(end); code[next] === "." || code[next] === "["; next = skip(end)) {
    if (code[next] === "[") end = closingOf(code, next) + 1;
    else {
      const [field] = /^\.\s*\w+/.exec(code.slice(next))!;
      const swizzle = field.slice(1).trim();
      if (width > 1 && components === null && /^([xyzw]+|[rgba]+)$/.test(swizzle))
        components = [...new Set(Array.from(swizzle, (letter) => letters[letter]!))];
      end = next + field.length;
    }
  }
  const rest = code.slice(skip(end), skip(end) + 3);
  const kind = /^=(?!=)/.test(rest)
    ? "write"
    : /^([-+*/%&|^]=|<<=|>>=|\+\+|--)/.test(rest) && !/^&&|^\|\|/.test(rest)
      ? "update"
      : "read";
  return { variable, kind, subscripts, components, byAddress, nameEnd };
}

interface Block {
  readonly shadows: Set<string>;
  readonly loop: { readonly at: number; readonly open: number; readonly statement: Statement } | null;
}

/** Walks through a function's body. */
function placesIn(
  code: string,
  { name: inFunction, parameters, open, close }: WgslFunction,
  variables: ReadonlyMap<string, TracedVariable>,
  functions: ReadonlyMap<string, WgslFunction>,
): CodePlace[] {
  const places: CodePlace[] = [];
  const parameterNames = splitList(parameters).map((one) => /(\w+)\s*:/.exec(one)?.[1] ?? "");
  const blocks: Block[] = [{ shadows: new Set(parameterNames), loop: null }];
  let start = open + 1;
  let depth = 0;
  let pendingLoop: number | null = null;
  let pendingShadow: string | null = null;
  const statementFrom = (from: number): Statement => {
    const first = from + /^\s*/.exec(code.slice(from))![0].length;
    let end = first;
    for (let inside = 0; end < close; end += 1) {
      if ("([".includes(code[end]!)) inside += 1;
      else if (")]".includes(code[end]!)) inside -= 1;
      else if (inside === 0 && "{};".includes(code[end]!)) break;
    }
    return { start: first, text: code.slice(first, end).replace(/\s+/g, " ").trim() };
  };
  const token = /[A-Za-z_]\w*|\d[\w.]*|[\s\S]/y;
  for (token.lastIndex = open + 1; token.lastIndex < close;) {
    const at = token.lastIndex;
    const [word] = token.exec(code)!;
    const isName = /^[A-Za-z_]/.test(word) && code[at - 1] !== ".";
    if (word === "(" || word === "[") depth += 1;
    else if (word === ")" || word === "]") depth -= 1;
    else if (depth === 0 && (word === ";" || word === "{" || word === "}")) {
      if (word === "{") {
        const loop = pendingLoop === null ? null : { at: pendingLoop, open: at, statement: statementFrom(pendingLoop) };
        blocks.push({ shadows: new Set(), loop });
        pendingLoop = null;
      } else if (word === "}") {
        const loop = blocks.pop()?.loop;
        if (loop) places.push({ what: "loop", inFunction, ...loop, close: at });
      } else if (pendingShadow !== null) blocks.at(-1)!.shadows.add(pendingShadow);
      pendingShadow = null;
      start = at + 1;
    } else if (!isName) continue;
    else if (loops.has(word)) pendingLoop = at;
    else if (word === "let" || word === "var" || word === "const") {
      const declared = /^(?:<[^>]*>)?\s*(\w+)/.exec(code.slice(at + word.length))?.[1] ?? "";
      if (!variables.has(declared)) continue;
      if (depth > 0) refuse(code, at, `gives a loop's variable the name of ${declared}`);
      pendingShadow = declared;
      token.lastIndex = code.indexOf(declared, at + word.length) + declared.length;
    } else if (barriers.has(word)) places.push({ what: "barrier", at, statement: statementFrom(start), inFunction });
    else if (functions.has(word) && /^\s*\(/.test(code.slice(at + word.length)))
      places.push({
        what: "call",
        at,
        statement: statementFrom(start),
        inFunction,
        callee: word,
        end: closingOf(code, code.indexOf("(", at)),
      });
    else if (variables.has(word) && !blocks.some(({ shadows }) => shadows.has(word)))
      places.push({
        what: "access",
        at,
        statement: statementFrom(start),
        inFunction,
        ...accessAt(code, at, variables.get(word)!),
      });
  }
  return places;
}

/**
 * Finds every place where a module's code reads or writes buffers and workgroup memory, loops, calls and waits.
 * @param code without comments
 * @throws UntraceableError; RangeError for an array whose length is no constant
 */
export function placesOf(code: string): TracedCode {
  const variables = variablesIn(code);
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const functions = new Map(functionsIn(code).map((one) => [one.name, one]));
  const places = [...functions.values()].flatMap((one) => placesIn(code, one, byName, functions));
  return { variables, functions, places };
}

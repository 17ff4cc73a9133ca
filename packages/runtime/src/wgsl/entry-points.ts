import type { WgslBinding } from "./bindings.ts";

/** Names that a stretch of code mentions, fields and swizzles left out. */
const mentioned = (code: string): readonly string[] => code.match(/(?<![\w.])[A-Za-z_]\w*/g) ?? [];

/** What each function of a module mentions, from its name to the brace that closes its body. */
function functionsIn(code: string): Map<string, readonly string[]> {
  const functions = new Map<string, readonly string[]>();
  for (const { 1: name, index } of code.matchAll(/\bfn\s+(\w+)\s*\(/g)) {
    let end = code.indexOf("{", index);
    let depth = 0;
    do {
      depth += code[end] === "{" ? 1 : code[end] === "}" ? -1 : 0;
      end += 1;
    } while (depth > 0 && end < code.length);
    functions.set(name!, mentioned(code.slice(index, end)));
  }
  return functions;
}

/** `name` and the functions and variables that it reaches. */
function reached(name: string, functions: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const names = new Set([name]);
  // A set grows while it is walked, so this ends when no new function is reached.
  for (const one of names) for (const next of functions.get(one) ?? []) names.add(next);
  return names;
}

/** What each entry point mentions of functions and variables, itself or through the functions that it calls. */
export function mentionedByEntryPoints(code: string): ReadonlyMap<string, ReadonlySet<string>> {
  const functions = functionsIn(code);
  const entryPoints = [...code.matchAll(/@compute\b[^{};]*?\bfn\s+(\w+)/g)].map((match) => match[1]!);
  return new Map(entryPoints.map((entryPoint) => [entryPoint, reached(entryPoint, functions)]));
}

/**
 * The bindings that each entry point mentions, itself or through the functions it calls, in binding order: what WGSL
 * calls statically accessed, or a little more where a local variable has a binding's name. All of the module's where it
 * mentions none, as the dispatch floor does. WebGPU's limit of storage buffers holds for each entry point by itself.
 */
export function entryPointsIn(
  code: string,
  bindings: readonly WgslBinding[],
): ReadonlyMap<string, readonly WgslBinding[]> {
  return new Map(
    [...mentionedByEntryPoints(code)].map(([entryPoint, names]) => {
      const used = bindings.filter(({ name }) => names.has(name));
      return [entryPoint, used.length > 0 ? used : bindings];
    }),
  );
}

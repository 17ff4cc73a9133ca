import { bindingsOf, type WgslBinding } from "./bindings.ts";
import { blankComments } from "./source.ts";

/** Names that a stretch of code mentions, fields and swizzles left out. */
const mentioned = (code: string): readonly string[] => code.match(/(?<![\w.])[A-Za-z_]\w*/g) ?? [];

/** What each function of a module mentions, from its name to the brace that closes its body. */
function functionsOf(source: string): Map<string, readonly string[]> {
  const code = blankComments(source);
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

const remembered = new Map<string, readonly WgslBinding[]>();

/**
 * The bindings that an entry point mentions, itself or through the functions it calls, in binding order: what WGSL calls
 * statically accessed, or a little more where a local variable has a binding's name. All of the module's where it
 * mentions none, as the dispatch floor does. WebGPU's limit of storage buffers holds for each entry point by itself.
 * @throws what `bindingsOf` throws
 */
export function entryBindings(source: string, entryPoint: string): readonly WgslBinding[] {
  const key = `${entryPoint}\n${source}`;
  const known = remembered.get(key);
  if (known) return known;
  const functions = functionsOf(source);
  const names = new Set([entryPoint]);
  // A set grows while it is walked, so this ends when no new function is reached.
  for (const name of names) for (const next of functions.get(name) ?? []) names.add(next);
  const all = bindingsOf(source);
  const used = all.filter(({ name }) => names.has(name));
  const bindings = used.length > 0 ? used : all;
  remembered.set(key, bindings);
  return bindings;
}

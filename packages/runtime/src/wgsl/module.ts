import { bindingsIn, type WgslBinding } from "./bindings.ts";
import { constantsIn, withConstants } from "./constants.ts";
import { entryPointsIn } from "./entry-points.ts";
import { paramsIn, type WgslField } from "./params.ts";
import { blankComments } from "./source.ts";

/** A WGSL module, parsed once. */
export interface WgslModule {
  /** The text as it stands in the file, comments included. */
  readonly source: string;
  /** The source with its comments blanked out, every other character in its place. */
  readonly code: string;
  /** Numeric module constants by name, upper case first: `const BM = 64u;` gives `{ BM: 64 }`. */
  readonly constants: Readonly<Record<string, number>>;
  /** The `@group(0)` variables in binding order. */
  readonly bindings: readonly WgslBinding[];
  /** Fields of `struct Params`; empty where the module has none. */
  readonly params: readonly WgslField[];
  /** The bindings that each entry point uses, in binding order. */
  readonly entryPoints: ReadonlyMap<string, readonly WgslBinding[]>;
  /**
   * The source with constants set by name, suffixes kept.
   * @throws for an unknown name or a value that does not fit
   */
  readonly withConstants: (values: Readonly<Record<string, number>>) => string;
}

/** @throws where bindings or `struct Params` are written in a way that could not be read */
export function parseWgsl(source: string): WgslModule {
  const code = blankComments(source);
  const constants = constantsIn(code);
  const bindings = bindingsIn(code);
  return {
    source,
    code,
    constants: Object.fromEntries(constants.map(({ name, value }) => [name, value])),
    bindings,
    params: paramsIn(code),
    entryPoints: entryPointsIn(code, bindings),
    withConstants: (values) => withConstants(source, constants, values),
  };
}

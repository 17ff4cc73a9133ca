import type { Kernel, Rung } from "./kernel.ts";
import { readWgsl } from "./wgsl/read.ts";

type Inherited<Shape> = Omit<Rung<Shape>, "id" | "idea" | "from" | "module">;

/** What the plainest rung of a ladder says: all of it. */
interface Start<Shape> extends Inherited<Shape> {
  readonly idea: string;
}

/** What another rung says: its idea, the rung it starts from, and what it does not take over from there; null for nothing in its place. */
type Change<Shape> = {
  readonly idea: string;
  readonly from: Rung<Shape>;
} & { readonly [Name in keyof Inherited<Shape>]?: Inherited<Shape>[Name] | (Name extends "passes" ? never : null) };

/** `06-registers-only` of a rung's id: the name of its file. */
export const rungFile = (id: string): string => id.slice(id.indexOf("/") + 1);

const withoutNulls = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as T;

/** A kernel's name, its dispatch floor and its rungs in the order of their numbers: spread into a `Kernel` record. */
export type Ladder<Shape> = Pick<Kernel<Shape>, "name" | "noop" | "rungs">;

/**
 * The ladder of the kernel `name`, and the function that adds a rung to it, for a module beside which the `.wgsl` files
 * lie: `const { ladder, rung } = ladderOf<Shape>("relu", import.meta.url)`.
 */
export function ladderOf<Shape>(
  name: string,
  moduleUrl: string,
): {
  readonly ladder: Ladder<Shape>;
  /**
   * Adds the rung in `<file>.wgsl`. What it does not say it inherits from the rung that it starts from; `00-noop` becomes
   * the dispatch floor. @throws naming the file, where it is missing or cannot be parsed
   */
  readonly rung: (file: string, said: Start<Shape> | Change<Shape>) => Rung<Shape>;
} {
  const ladder: { name: string; noop?: Rung<Shape>; rungs: Rung<Shape>[] } = { name, rungs: [] };
  const rung = (file: string, said: Start<Shape> | Change<Shape>): Rung<Shape> => {
    const made = withoutNulls({
      ...("from" in said ? said.from : {}),
      ...said,
      id: `${name}/${file}`,
      module: readWgsl(moduleUrl, `./${file}.wgsl`),
    }) as Rung<Shape>;
    if (file === "00-noop") ladder.noop = made;
    else ladder.rungs.push(made);
    return made;
  };
  return { ladder, rung };
}

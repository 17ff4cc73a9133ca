import type { Kernel, Rung } from "./kernel.ts";
import { readWgsl } from "./wgsl/read.ts";

type Inherited<Shape> = Omit<Rung<Shape>, "id" | "idea" | "from" | "module">;

/** What the plainest rung of a ladder says: all of it. */
interface Start<Shape> extends Inherited<Shape> {
  readonly idea: string;
}

/** What another rung says: its idea, the rung it starts from, and what it does not take over from there; null for nothing in its place. */
type Step<Shape> = {
  readonly idea: string;
  readonly from: Rung<Shape>;
} & { readonly [Name in keyof Inherited<Shape>]?: Inherited<Shape>[Name] | (Name extends "passes" ? never : null) };

const withoutNulls = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as T;

/** The rungs of a kernel, as `ladder.ts` lists them; spread into a `Kernel` record. */
class Ladder<Shape> implements Pick<Kernel<Shape>, "name" | "noop" | "rungs"> {
  readonly name: string;
  readonly rungs: Rung<Shape>[] = [];
  noop?: Rung<Shape>;
  readonly #moduleUrl: string;

  constructor(name: string, moduleUrl: string) {
    this.name = name;
    this.#moduleUrl = moduleUrl;
  }

  /**
   * Adds the rung whose WGSL is the file of that name beside the ladder's module, in the order of their numbers. What it
   * does not say it inherits from the rung that it starts from; `00-noop` becomes the dispatch floor.
   * @throws naming the file, where it is missing or cannot be parsed
   */
  rung(file: string, said: Start<Shape> | Step<Shape>): Rung<Shape> {
    const rung = withoutNulls({
      ...("from" in said ? said.from : {}),
      ...said,
      id: `${this.name}/${file}`,
      module: readWgsl(this.#moduleUrl, `./${file}.wgsl`),
    }) as Rung<Shape>;
    if (file === "00-noop") this.noop = rung;
    else this.rungs.push(rung);
    return rung;
  }
}

export type { Ladder };

/**
 * The ladder of the kernel `name`, beside whose `ladder.ts` its `.wgsl` files lie:
 * `const ladder = ladderOf<Shape>("relu", import.meta.url)`, then `ladder.rung("01-naive", { ... })` for each of them.
 */
export const ladderOf = <Shape>(name: string, moduleUrl: string): Ladder<Shape> => new Ladder(name, moduleUrl);

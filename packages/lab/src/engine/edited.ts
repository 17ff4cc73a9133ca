import { parseWgsl, type Rung } from "@fledge/runtime";
import { allRungs, type LoadedLadder, type Shape } from "./ladders.ts";

/** A module of the visitor's, run as a rung of the ladder. */
export interface Edit {
  /** The rung whose grid, parameters and scratch buffers it takes over. */
  readonly base: string;
  readonly source: string;
}

/** A module whose bindings, constants or entry points are not what the kernel needs; the message says what. */
export class EditError extends Error {
  override readonly name = "EditError";
}

/** The ladder with the visitor's module as its last rung. @throws EditError where the module's bindings cannot be read */
export function withEdit(
  ladder: LoadedLadder,
  { base, source }: Edit,
): { kernel: LoadedLadder["kernel"]; rung: Rung<Shape> } {
  const { kernel } = ladder;
  const from = allRungs(ladder).find(({ id }) => id === base);
  if (!from) throw new Error(`${kernel.name} has no rung "${base}"`);
  let module: Rung<Shape>["module"];
  try {
    module = parseWgsl(source);
  } catch (error) {
    throw new EditError((error as Error).message, { cause: error });
  }
  const rung: Rung<Shape> = { ...from, id: `${kernel.name}/yours`, idea: "yours", module };
  return { kernel: { ...kernel, rungs: [...kernel.rungs, rung] }, rung };
}

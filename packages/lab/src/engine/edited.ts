import { parseWgsl, type Rung } from "@fledge/runtime";
import { allRungs, type LoadedLadder, type Shape } from "./ladders.ts";

/** A module of the visitor's, run as a rung of the ladder. */
export interface Edit {
  /** The rung whose grid, parameters and scratch buffers it takes over. */
  readonly base: string;
  readonly source: string;
}

/** The ladder with the visitor's module as its last rung. @throws where the module's bindings cannot be read */
export function withEdit(
  ladder: LoadedLadder,
  { base, source }: Edit,
): { kernel: LoadedLadder["kernel"]; rung: Rung<Shape> } {
  const { kernel } = ladder;
  const from = allRungs(ladder).find(({ id }) => id === base);
  if (!from) throw new Error(`${kernel.name} has no rung "${base}"`);
  const rung: Rung<Shape> = { ...from, id: `${kernel.name}/yours`, idea: "yours", module: parseWgsl(source) };
  return { kernel: { ...kernel, rungs: [...kernel.rungs, rung] }, rung };
}

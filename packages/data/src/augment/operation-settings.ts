import type { AugmentLibrary } from "./apply-operation.ts";
import { findOperation } from "./apply-operation.ts";
import type { OperationTable } from "./operation.ts";
import { checkRange } from "./check-range.ts";

/** How an operation departs from its library's ways, so that it keeps what the image shows. */
export interface OperationSettings {
  /**
   * The library's scale of magnitudes is laid over this part of it: its lowest is the first, its highest the second. Of
   * operations with a magnitude only.
   */
  readonly range?: readonly [least: number, most: number] | undefined;
  /** Of the operation to be applied where it is drawn; that of all operations if absent. */
  readonly probability?: number | undefined;
}

/** The operations to draw from: their names, or settings by name. */
export type Operations = readonly string[] | Readonly<Record<string, OperationSettings>>;

/** How a library draws operations that nothing is said of. */
interface Defaults {
  readonly library: AugmentLibrary;
  readonly table: OperationTable;
  readonly probability: number;
  /** The highest magnitude of the library's scale, which begins at 0. */
  readonly scale: number;
}

/** An operation to draw. */
interface Drawable {
  readonly probability: number;
  /** Where a magnitude of the library's scale comes to lie. */
  readonly levelOf: (level: number) => number;
}

const isList = (operations: Operations): operations is readonly string[] => Array.isArray(operations);

/** @throws RangeError that names the operation and the mend */
function checkSettings(
  name: string,
  { range, probability }: OperationSettings,
  { library, table, scale }: Defaults,
): void {
  const setting = `operations.${name}`;
  if (probability !== undefined) checkRange(`${setting}.probability`, probability, 0, 1);
  if (range === undefined) return;
  if (table[name]!.value === undefined)
    throw new RangeError(
      `randAugment: ${setting}.range: ${library}'s ${name} has no magnitude; leave the range out, and give a probability`,
    );
  const [least, most] = range;
  if (!(least >= 0 && least <= most && most <= scale)) {
    throw new RangeError(
      `randAugment: ${setting}.range is [${least}, ${most}]; give two of ${library}'s magnitudes, 0 to ${scale}, the lower one first`,
    );
  }
}

/**
 * The names to draw from, in order, and how each is drawn.
 * @throws RangeError for no operation, one that the library does not have, and settings out of range
 */
export function operationsToDraw(
  operations: Operations | undefined,
  defaults: Defaults,
): { readonly names: readonly string[]; readonly drawables: ReadonlyMap<string, Drawable> } {
  const { library, table, scale } = defaults;
  const given = operations ?? Object.keys(table);
  const names = isList(given) ? given : Object.keys(given);
  if (names.length === 0) throw new RangeError("randAugment: operations is empty");
  const drawables = names.map((name): [string, Drawable] => {
    findOperation(table, library, name);
    const settings = isList(given) ? {} : given[name]!;
    checkSettings(name, settings, defaults);
    const { range, probability = defaults.probability } = settings;
    const levelOf = (level: number): number => (range ? range[0] + ((range[1] - range[0]) * level) / scale : level);
    return [name, { probability, levelOf }];
  });
  return { names, drawables: new Map(drawables) };
}

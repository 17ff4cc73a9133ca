import { hasMagnitude, operationNames, samplingOf, type RandAugmentOptions } from "@fledge/data";

/** An operation and the magnitudes at which it is shown. */
export interface OperationRow {
  readonly name: string;
  /** Of the library's scale, from the lowest up; null alone for an operation that has none. */
  readonly magnitudes: readonly (number | null)[];
  /** How the settings draw it; undefined where they do not. */
  readonly drawn: { readonly range: readonly [number, number] | undefined; readonly probability: number } | undefined;
}

/** The most magnitudes in a row: those of the libraries' own scales fit. */
const mostColumns = 31;

/** Whole magnitudes of a scale: all, or as many as fit, evenly. */
function magnitudesOf(scale: number): number[] {
  const count = Math.min(scale + 1, mostColumns);
  return Array.from({ length: count }, (_, at) => Math.round((at * scale) / (count - 1)));
}

/** Every operation of the settings' library, drawn by them or not. */
export function operationRows(options: RandAugmentOptions): OperationRow[] {
  const { library, scale, probability: general } = samplingOf(options);
  const { operations } = options;
  const drawnBy = (name: string): OperationRow["drawn"] => {
    if (operations === undefined) return { range: undefined, probability: general };
    if (Array.isArray(operations))
      return operations.includes(name) ? { range: undefined, probability: general } : undefined;
    const settings = (operations as Exclude<typeof operations, readonly string[]>)[name];
    return settings && { range: settings.range, probability: settings.probability ?? general };
  };
  return operationNames(library).map((name) => ({
    name,
    magnitudes: hasMagnitude(library, name) ? magnitudesOf(scale) : [null],
    drawn: drawnBy(name),
  }));
}

/** RandAugment that applies one operation at one magnitude of the library's scale, to every image. */
export function onlyOperation(options: RandAugmentOptions, name: string, magnitude: number | null): RandAugmentOptions {
  return { ...options, operations: [name], probability: 1, n: 1, m: magnitude ?? 0 };
}

/** Whether the settings can draw an operation at a magnitude. */
export const canBeDrawn = ({ drawn }: OperationRow, magnitude: number | null): boolean =>
  drawn !== undefined &&
  drawn.probability > 0 &&
  (magnitude === null || !drawn.range || (magnitude >= drawn.range[0] && magnitude <= drawn.range[1]));

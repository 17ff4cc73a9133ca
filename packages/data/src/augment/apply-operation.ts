import type { ImageSize, RgbImage } from "../image.ts";
import { closestName } from "./closest-name.ts";
import { ildoonetOperations } from "./ildoonet.ts";
import { jizongfoxOperations } from "./jizongfox.ts";
import { applyPixels, type PixelOperation } from "./pixel-operation.ts";
import type { Operation, OperationArguments, OperationTable } from "./operation.ts";
import { torchvisionOperations } from "./torchvision.ts";

/** Whose operations: the paper's package, ildoonet/pytorch-randaugment, or torchvision's RandAugment. */
export type AugmentLibrary = "jizongfox" | "ildoonet" | "torchvision";

const tables: Readonly<Record<AugmentLibrary, OperationTable>> = {
  jizongfox: jizongfoxOperations(),
  ildoonet: ildoonetOperations(),
  torchvision: torchvisionOperations(),
};

/** The names of a library's operations, in its order. */
export function operationNames(library: AugmentLibrary): string[] {
  return Object.keys(tables[library]);
}

/**
 * What one operation of a library does to the pixels of an image of this size, with the argument it would receive, sign
 * included. Throws if the library has no such operation, or if it lacks its value or centre.
 */
export function pixelOperation(
  library: AugmentLibrary,
  name: string,
  size: ImageSize,
  options: OperationArguments = {},
): PixelOperation {
  const operation = findOperation(tables[library], library, name);
  if (operation.value === undefined) return operation.does(Number.NaN, options, size);
  const { value } = options;
  if (!Number.isFinite(value)) throw new TypeError(`${library}'s ${name} needs a value, got ${value}`);
  return operation.does(value!, options, size);
}

/** Applies one operation of a library, as `pixelOperation` has it; may return the image itself. */
export const applyOperation = (
  library: AugmentLibrary,
  name: string,
  image: RgbImage,
  options: OperationArguments = {},
): RgbImage => applyPixels(image, pixelOperation(library, name, image, options));

/** Whether an operation of a library has a magnitude: its argument changes with the level. */
export const hasMagnitude = (library: AugmentLibrary, name: string): boolean =>
  findOperation(tables[library], library, name).value !== undefined;

/** Throws a RangeError that lists the known names if the table has no such operation. */
export function findOperation(table: OperationTable, library: AugmentLibrary, name: string): Operation {
  const operation = Object.hasOwn(table, name) ? table[name] : undefined;
  if (operation === undefined) {
    const names = Object.keys(table);
    const meant = closestName(name, names);
    const said = `${library} has no operation "${name}"`;
    throw new RangeError(
      `${said}; ${meant === undefined ? "it" : `did you mean "${meant}"? It`} has ${names.join(", ")}`,
    );
  }
  return operation;
}

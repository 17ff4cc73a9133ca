import type { DeviceTraits, Rung } from "@fledge/runtime";
import type { Conv2dShape } from "./shape.ts";

export type Unsupported = NonNullable<Rung<Conv2dShape>["unsupported"]>;

/** Why channels cannot be touched by vec4f, or null. */
export function raggedChannels({ IC, OC }: Conv2dShape, names: readonly ("IC" | "OC")[]): string | null {
  const ragged = names.find((name) => ({ IC, OC })[name] % 4 !== 0);
  return ragged === undefined ? null : `${ragged} = ${{ IC, OC }[ragged]} is no multiple of 4`;
}

/** `Rung.unsupported` of a rung that touches input and output channels by vec4f. */
export const needsVectors: Unsupported = (shape) => raggedChannels(shape, ["IC", "OC"]);

/** `Rung.unsupported` of a rung that adds blocks of sums to what lies in its output. */
export const needsWholeWords: Unsupported = ({ storage }) =>
  storage === "f16" ? "it adds up in its output, which lies in memory as f16" : null;

/** `Rung.unsupported` of a rung for shared addresses whose sums and barrier an older lavapipe compiles for too long. */
export const needsQuickCompiler: Unsupported = (_, { slowCompiler }) =>
  slowCompiler === true
    ? "lavapipe before Mesa 25.1, or one that tells no version, takes up to a minute to compile it"
    : null;

/** The first reason of several `Rung.unsupported`, or null. */
export function needsAll(...needs: readonly Unsupported[]): Unsupported {
  return (shape: Conv2dShape, device: DeviceTraits) =>
    needs.reduce<string | null>((reason, need) => reason ?? need(shape, device), null);
}

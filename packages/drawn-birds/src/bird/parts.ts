/** The fifteen parts of CUB-200-2011's parts/parts.txt, in its order. */
export const PART_NAMES = [
  "back",
  "beak",
  "belly",
  "breast",
  "crown",
  "forehead",
  "left eye",
  "left leg",
  "left wing",
  "nape",
  "right eye",
  "right leg",
  "right wing",
  "tail",
  "throat",
] as const;

export type PartName = (typeof PART_NAMES)[number];

/** The same part after the picture is mirrored. */
export function mirroredPart(name: PartName): PartName {
  if (name.startsWith("left")) return name.replace("left", "right") as PartName;
  return name.replace("right", "left") as PartName;
}

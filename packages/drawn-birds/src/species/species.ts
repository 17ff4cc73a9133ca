/** Lengths in hundredths of the torso's length. */
export interface Proportions {
  bodyDepth: number;
  headSize: number;
  neckLength: number;
  wingLength: number;
  tailLength: number;
  tailWidth: number;
  legLength: number;
  beakLength: number;
  beakDepth: number;
  crestLength: number;
  eyeSize: number;
}

export type BeakForm = "cone" | "thin" | "hook" | "dagger" | "decurved";
export type CrestForm = "none" | "pointed" | "shaggy";
export type TailForm = "square" | "forked" | "fan" | "wedge";

/** A place on the head that has a colour of its own. */
export type HeadMark = "hood" | "cap" | "mask" | "eyebrow" | "cheek" | "moustache" | "throat" | "eyeRing";

/** A place on the torso with small marks of one colour. */
export interface BodyTexture {
  kind: "streaks" | "spots" | "bars";
  place: "breast" | "flanks" | "back";
  colour: string;
}

/** What a field guide says of a bird: how it is built and where it has which colour. */
export interface Species {
  /** As in CUB's folder names: words joined by "_", capitals only for the first word and the kind of bird. */
  name: string;
  /** Degrees by which the torso's front is raised when the bird stands at ease. */
  postureDeg: number;
  proportions: Proportions;
  beak: { form: BeakForm; upper: string; lower: string };
  crest: CrestForm;
  head: { base: string; marks: Partial<Record<HeadMark, string>> };
  body: {
    back: string;
    breast: string;
    belly: string;
    vent: string;
    rump?: string;
    flanks?: string;
    breastBand?: string;
    textures: BodyTexture[];
  };
  wing: { coverts: string; flight: string; barCount: number; bar: string; patch?: string; tip?: string };
  tail: { form: TailForm; colour: string; outer?: string; bandCount: number; band: string; tip?: string };
  legs: string;
  iris: string;
}

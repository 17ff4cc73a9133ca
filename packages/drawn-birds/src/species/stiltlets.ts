import { like } from "./like.ts";
import type { Species } from "./species.ts";

const marshStiltlet: Species = {
  name: "Curve_billed_Stiltlet",
  postureDeg: 20,
  proportions: {
    bodyDepth: 24,
    headSize: 16,
    neckLength: 26,
    wingLength: 96,
    tailLength: 28,
    tailWidth: 10,
    legLength: 68,
    beakLength: 52,
    beakDepth: 6,
    crestLength: 0,
    eyeSize: 3.4,
  },
  beak: { form: "decurved", upper: "#3b332f", lower: "#7d5c4d" },
  crest: "none",
  head: { base: "#a78d6c", marks: { cap: "#6b543e", eyebrow: "#d9c8a8" } },
  body: {
    back: "#86694b",
    breast: "#bfa37c",
    belly: "#ddd0b7",
    vent: "#e4dac6",
    textures: [
      { kind: "bars", place: "flanks", colour: "#6a5139" },
      { kind: "spots", place: "back", colour: "#d6c19c" },
    ],
  },
  wing: { coverts: "#80644a", flight: "#4a3b30", barCount: 1, bar: "#d3bf9c" },
  tail: { form: "square", colour: "#8d7153", bandCount: 3, band: "#4c3b2d" },
  legs: "#8b8566",
  iris: "#1b1411",
};

/** Waders on long legs, with a long beak. */
export const stiltlets: readonly Species[] = [
  marshStiltlet,
  like(marshStiltlet, {
    name: "Straight_billed_Stiltlet",
    beak: { form: "dagger" },
    body: { breast: "#b5693f", belly: "#c48a63" },
  }),
];

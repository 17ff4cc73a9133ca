import { like } from "./like.ts";
import type { Species } from "./species.ts";

const emberCappedFinchling: Species = {
  name: "Ember_capped_Finchling",
  postureDeg: 32,
  proportions: {
    bodyDepth: 31,
    headSize: 22,
    neckLength: 2,
    wingLength: 92,
    tailLength: 52,
    tailWidth: 13,
    legLength: 26,
    beakLength: 17,
    beakDepth: 15,
    crestLength: 0,
    eyeSize: 4.4,
  },
  beak: { form: "cone", upper: "#6b5a4c", lower: "#a8917a" },
  crest: "none",
  head: { base: "#a18a6d", marks: { cap: "#b5402c", throat: "#b5402c" } },
  body: {
    back: "#8a7055",
    breast: "#c98a6c",
    belly: "#e3d8c2",
    vent: "#e8dfcc",
    textures: [{ kind: "streaks", place: "back", colour: "#54402d" }],
  },
  wing: { coverts: "#7d6145", flight: "#4d3c2e", barCount: 1, bar: "#e0d0b2" },
  tail: { form: "forked", colour: "#503f30", bandCount: 0, band: "#503f30" },
  legs: "#8a6f5c",
  iris: "#1d1512",
};

const streakedFinchling = like(emberCappedFinchling, {
  name: "Streaked_Finchling",
  head: { marks: { cap: "#7f664b", throat: "#ded2bd", eyebrow: "#d9c9a9", moustache: "#574231" } },
  body: {
    textures: [
      { kind: "streaks", place: "back", colour: "#54402d" },
      { kind: "streaks", place: "breast", colour: "#4b3626" },
    ],
    breast: "#e6dccb",
    belly: "#ece5d8",
  },
  wing: { barCount: 2 },
});

const indigoFinchling = like(emberCappedFinchling, {
  name: "Indigo_Finchling",
  head: { base: "#3a3f86", marks: { cap: "#33387c", throat: "#3f4690" } },
  body: { back: "#3d4488", breast: "#4650a0", belly: "#5a64a8", vent: "#7d84b5", textures: [] },
  wing: { coverts: "#6b4330", flight: "#2b2a3c", bar: "#b06a40" },
  tail: { colour: "#2d2d48", band: "#2d2d48" },
});

/** Small and stout, with a cone for a beak and a notched tail. */
export const finchlings: readonly Species[] = [
  emberCappedFinchling,
  like(emberCappedFinchling, {
    name: "Ash_capped_Finchling",
    head: { base: "#8f8f8c", marks: { cap: "#66696b", throat: "#8f8f8c" } },
    body: { breast: "#bdbab2" },
  }),
  streakedFinchling,
  indigoFinchling,
];

import { like } from "./like.ts";
import type { Species } from "./species.ts";

const pearlKittling: Species = {
  name: "Pearl_headed_Kittling",
  postureDeg: 14,
  proportions: {
    bodyDepth: 25,
    headSize: 19,
    neckLength: 6,
    wingLength: 128,
    tailLength: 40,
    tailWidth: 14,
    legLength: 30,
    beakLength: 24,
    beakDepth: 8,
    crestLength: 0,
    eyeSize: 3.6,
  },
  beak: { form: "hook", upper: "#d6a83a", lower: "#cc8a33" },
  crest: "none",
  head: { base: "#e9e8e3", marks: {} },
  body: { back: "#a3abb3", breast: "#ecebe7", belly: "#efeeea", vent: "#f2f1ee", rump: "#eeeeec", textures: [] },
  wing: { coverts: "#9aa3ac", flight: "#8a939c", barCount: 0, bar: "#f0f0ee", tip: "#26272b" },
  tail: { form: "square", colour: "#eceae6", bandCount: 0, band: "#2d2d31" },
  legs: "#c79a4b",
  iris: "#c9b25a",
};

/** Long-winged birds of the shore, with a hooked yellow beak. */
export const kittlings: readonly Species[] = [
  pearlKittling,
  like(pearlKittling, { name: "Dusk_hooded_Kittling", head: { marks: { hood: "#4b423f" } } }),
];

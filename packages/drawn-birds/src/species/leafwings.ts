import { like } from "./like.ts";
import type { Species } from "./species.ts";

const blackCappedLeafwing: Species = {
  name: "Black_capped_Leafwing",
  postureDeg: 22,
  proportions: {
    bodyDepth: 25,
    headSize: 20,
    neckLength: 3,
    wingLength: 88,
    tailLength: 58,
    tailWidth: 10,
    legLength: 30,
    beakLength: 17,
    beakDepth: 7,
    crestLength: 0,
    eyeSize: 4.6,
  },
  beak: { form: "thin", upper: "#33312d", lower: "#5d584c" },
  crest: "none",
  head: { base: "#c9b53b", marks: { cap: "#2b2a26" } },
  body: { back: "#7f8a3f", breast: "#d9c342", belly: "#dfcf6a", vent: "#e8e2bb", textures: [] },
  wing: { coverts: "#6d7740", flight: "#474c36", barCount: 2, bar: "#e3dfc4" },
  tail: { form: "square", colour: "#4d5239", outer: "#d8d6bd", bandCount: 0, band: "#4d5239" },
  legs: "#7a5f52",
  iris: "#161311",
};

const scarletLeafwing = like(blackCappedLeafwing, {
  name: "Scarlet_Leafwing",
  head: { base: "#b83a2c", marks: { cap: "#b83a2c" } },
  body: { back: "#a5372c", breast: "#c2432f", belly: "#cb5a41", vent: "#d88a70" },
  wing: { coverts: "#2b2726", flight: "#1f1d1d", bar: "#efe9e0" },
  tail: { colour: "#1f1d1d", outer: "#1f1d1d" },
});

const ringedGreywing = like(blackCappedLeafwing, {
  name: "Ring_eyed_Greywing",
  head: { base: "#7d878b", marks: { cap: "#7d878b", eyeRing: "#f3f2ea" } },
  body: { back: "#717d80", breast: "#c9ccc8", belly: "#dcdedb", vent: "#e6e6e2" },
  wing: { coverts: "#66727a", flight: "#3f484d", barCount: 0 },
  tail: { colour: "#444d52" },
});

/** Slim and small, with a thin beak. */
export const leafwings: readonly Species[] = [
  blackCappedLeafwing,
  like(blackCappedLeafwing, {
    name: "Masked_Leafwing",
    head: { marks: { cap: "#c9b53b", mask: "#2b2a26", throat: "#2b2a26" } },
  }),
  scarletLeafwing,
  ringedGreywing,
];

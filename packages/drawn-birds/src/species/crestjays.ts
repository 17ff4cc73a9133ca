import { like } from "./like.ts";
import type { Species } from "./species.ts";

const cobaltCrestjay: Species = {
  name: "Cobalt_Crestjay",
  postureDeg: 36,
  proportions: {
    bodyDepth: 27,
    headSize: 22,
    neckLength: 5,
    wingLength: 86,
    tailLength: 88,
    tailWidth: 16,
    legLength: 32,
    beakLength: 23,
    beakDepth: 10,
    crestLength: 20,
    eyeSize: 4,
  },
  beak: { form: "dagger", upper: "#26262a", lower: "#33333a" },
  crest: "pointed",
  head: { base: "#44669e", marks: { cheek: "#b9c2cf", throat: "#c7ccd3" } },
  body: { back: "#49699d", breast: "#a9b3c1", belly: "#c5cad1", vent: "#d6d8da", breastBand: "#26334f", textures: [] },
  wing: { coverts: "#3f639f", flight: "#2f4c80", barCount: 1, bar: "#e4e7ec" },
  tail: { form: "wedge", colour: "#365a98", bandCount: 5, band: "#20304f", tip: "#dfe3e8" },
  legs: "#2e2c2c",
  iris: "#191412",
};

/** Crested, with a long wedge of a tail. */
export const crestjays: readonly Species[] = [
  cobaltCrestjay,
  like(cobaltCrestjay, {
    name: "Jade_Crestjay",
    crest: "shaggy",
    head: { base: "#3f7f52", marks: { cheek: "#22241f", throat: "#22241f" } },
    body: { back: "#448257", breastBand: "#2d3b2a", breast: "#d9c95c", belly: "#e0d684", vent: "#e6dfac" },
    wing: { coverts: "#3b7a50", flight: "#2f5f45" },
    tail: { colour: "#356f4c", bandCount: 0, tip: "#e0d25f" },
  }),
];

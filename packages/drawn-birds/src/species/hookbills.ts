import { like } from "./like.ts";
import type { Species } from "./species.ts";

const greyHookbill: Species = {
  name: "Grey_backed_Hookbill",
  postureDeg: 46,
  proportions: {
    bodyDepth: 27,
    headSize: 23,
    neckLength: 2,
    wingLength: 80,
    tailLength: 74,
    tailWidth: 11,
    legLength: 27,
    beakLength: 17,
    beakDepth: 12,
    crestLength: 0,
    eyeSize: 4.2,
  },
  beak: { form: "hook", upper: "#242326", lower: "#47444a" },
  crest: "none",
  head: { base: "#93999f", marks: { mask: "#1f1e20", throat: "#e8e6e0" } },
  body: { back: "#8c9299", breast: "#dddad3", belly: "#e4e1da", vent: "#ebe9e4", textures: [] },
  wing: { coverts: "#3a3a3e", flight: "#232326", barCount: 0, bar: "#ecebe6", patch: "#e9e8e3" },
  tail: { form: "fan", colour: "#232326", outer: "#e6e4de", bandCount: 0, band: "#232326" },
  legs: "#2f2b2b",
  iris: "#1b1512",
};

/** Upright and masked, with a short hook of a beak. */
export const hookbills: readonly Species[] = [
  greyHookbill,
  like(greyHookbill, {
    name: "Rufous_flanked_Hookbill",
    head: { base: "#85705f" },
    body: { back: "#9a5a38", breast: "#cf9a72", flanks: "#b87a51" },
  }),
];

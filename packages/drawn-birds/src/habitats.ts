/** A layer of noise: cell sizes as shares of the picture's width and height, and how far it mixes `colour` in. */
interface Texture {
  cellX: number;
  cellY: number;
  colour: string;
  strength: number;
}

/** What lies behind a bird. Every species is shown before all of them alike. */
export interface Habitat {
  name: string;
  top: string;
  bottom: string;
  textures: readonly Texture[];
  /** Colours of discs out of focus, as leaves and lights are far behind. */
  discs: readonly string[];
  /** The ground, where the bird stands on it. */
  ground: { near: string; far: string; grain: string; cellX: number; cellY: number };
  /** Colours of the leaves that grow here. */
  leaves: readonly string[];
}

const earth = { near: "#6e5a42", far: "#97876a", grain: "#3f3324", cellX: 0.06, cellY: 0.04 };
const grass = { near: "#5b7033", far: "#8a9a55", grain: "#34481f", cellX: 0.025, cellY: 0.2 };
const snow = { near: "#dfe4ea", far: "#f1f3f5", grain: "#a9b6c6", cellX: 0.2, cellY: 0.07 };
const water = { near: "#4f6f7c", far: "#8fa9b1", grain: "#2f4a58", cellX: 0.3, cellY: 0.03 };
const sand = { near: "#b9a377", far: "#d6c7a2", grain: "#8d784f", cellX: 0.03, cellY: 0.03 };
const green = ["#4f7a35", "#6d9440", "#3c5f2b", "#87a552"];

export const HABITATS: readonly Habitat[] = [
  {
    name: "clear sky",
    top: "#5f97cf",
    bottom: "#b9d5ea",
    discs: [],
    ground: earth,
    leaves: green,
    textures: [{ cellX: 0.5, cellY: 0.25, colour: "#eef3f7", strength: 0.7 }],
  },
  {
    name: "overcast",
    top: "#b9bfc4",
    bottom: "#dfe1e0",
    discs: [],
    ground: sand,
    leaves: ["#5d6b40", "#7b8157"],
    textures: [{ cellX: 0.6, cellY: 0.3, colour: "#9aa2aa", strength: 0.6 }],
  },
  {
    name: "sunlit leaves",
    top: "#6f9443",
    bottom: "#486b2c",
    ground: grass,
    leaves: green,
    discs: ["#a9c25e", "#d8dd96", "#35531f", "#87a849", "#e9e6b5"],
    textures: [{ cellX: 0.16, cellY: 0.16, colour: "#27401a", strength: 0.8 }],
  },
  {
    name: "deep wood",
    top: "#2d3a26",
    bottom: "#1d2519",
    ground: earth,
    leaves: ["#35502a", "#4b6a35", "#26391f"],
    discs: ["#4d6238", "#8b9a66", "#161d12", "#5e4b33"],
    textures: [{ cellX: 0.1, cellY: 0.35, colour: "#0f140d", strength: 0.8 }],
  },
  {
    name: "autumn",
    top: "#c08a3e",
    bottom: "#8a5428",
    ground: earth,
    leaves: ["#c9892f", "#a84f26", "#d9b04a", "#7c4a24"],
    discs: ["#e0b552", "#b5582a", "#6d3f1f", "#ecd27a"],
    textures: [{ cellX: 0.14, cellY: 0.14, colour: "#5a3418", strength: 0.7 }],
  },
  {
    name: "lake",
    top: "#86a7b8",
    bottom: "#4d7386",
    discs: [],
    ground: water,
    leaves: ["#6f8748", "#8c9a58"],
    textures: [
      { cellX: 0.35, cellY: 0.035, colour: "#2f5266", strength: 0.8 },
      { cellX: 0.5, cellY: 0.05, colour: "#dbe6ea", strength: 0.5 },
    ],
  },
  {
    name: "winter",
    top: "#c9d3dc",
    bottom: "#eceff2",
    discs: ["#ffffff", "#b5c0cc"],
    ground: snow,
    leaves: ["#6b5a49", "#8b7a66"],
    textures: [{ cellX: 0.1, cellY: 0.3, colour: "#8d8f92", strength: 0.55 }],
  },
  {
    name: "trunk",
    top: "#7d6a55",
    bottom: "#5c4b3a",
    discs: [],
    ground: earth,
    leaves: green,
    textures: [
      { cellX: 0.05, cellY: 0.4, colour: "#2f251b", strength: 0.9 },
      { cellX: 0.09, cellY: 0.12, colour: "#a3a58b", strength: 0.45 },
    ],
  },
  {
    name: "meadow",
    top: "#a8b872",
    bottom: "#7f9545",
    ground: grass,
    leaves: ["#8fa04f", "#b5b76a", "#5f7a33"],
    discs: ["#e4d36a", "#c97f9a", "#eef0d8", "#5f7b35"],
    textures: [{ cellX: 0.03, cellY: 0.3, colour: "#4b6428", strength: 0.7 }],
  },
  {
    name: "reed bed",
    top: "#cbb987",
    bottom: "#9d8654",
    discs: ["#e2d5a9"],
    ground: water,
    leaves: ["#b59d5f", "#8a7440", "#cbbb84"],
    textures: [{ cellX: 0.03, cellY: 0.6, colour: "#6d5830", strength: 0.85 }],
  },
  {
    name: "dusk",
    top: "#5a4a6b",
    bottom: "#d58a62",
    discs: [],
    ground: water,
    leaves: ["#2f2a30", "#443c3c"],
    textures: [{ cellX: 0.6, cellY: 0.12, colour: "#f0c08a", strength: 0.6 }],
  },
  {
    name: "rocks",
    top: "#8b8a88",
    bottom: "#6b6966",
    discs: [],
    ground: sand,
    leaves: ["#6f7a4b", "#8b8f63"],
    textures: [
      { cellX: 0.22, cellY: 0.15, colour: "#45433f", strength: 0.8 },
      { cellX: 0.04, cellY: 0.04, colour: "#b9b6af", strength: 0.4 },
    ],
  },
];

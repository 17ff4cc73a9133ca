import { random as stream } from "@fledge/random";
import sharp from "sharp";

import { paintBackground, paintGround } from "./background.ts";
import { paintBird } from "./bird/bird.ts";
import { mirroredPart, PART_NAMES, type PartName } from "./bird/parts.ts";
import { between } from "./draw.ts";
import { paintForeground } from "./foreground.ts";
import { plus, type Box, type Point } from "./geometry.ts";
import { HABITATS } from "./habitats.ts";
import { individual } from "./individual.ts";
import type { DemoSettings } from "./options.ts";
import { takePhoto } from "./photo.ts";
import { drawPose } from "./pose.ts";
import { castShadow, compose, type Layer } from "./raster.ts";
import { featherTone, layerBox } from "./relief.ts";
import { Sketch } from "./sketch.ts";
import type { Species } from "./species/species.ts";
import { drawSupport, paintSupport } from "./support.ts";

/** Which picture: the data set's year, the class index from 0 and the image index within the class from 0. */
export interface SceneKey {
  readonly seed: number;
  readonly year: number;
  readonly speciesIndex: number;
  readonly imageIndex: number;
}

/** A finished picture with the truth that its painter knows; places in pixels of the picture. */
export interface Picture {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  /** The drawn bird's box, inside the picture, what stands before it not taken away. */
  readonly box: Box;
  /** The bird's parts that are turned to the viewer and inside the picture. */
  readonly parts: Partial<Record<PartName, Point>>;
}

/**
 * Paints the picture that belongs to a key. Each concern draws from a stream of its own, and none but the bird's own
 * looks at the species, so background, light and frame tell nothing of it.
 */
export async function paintScene(
  key: SceneKey,
  species: Species,
  { difficulty, sideRange }: Pick<DemoSettings, "difficulty" | "sideRange">,
): Promise<Picture> {
  const draws = (purpose: string) => stream(key.seed, `demo ${purpose}`, key.year, key.speciesIndex, key.imageIndex);
  const frame = draws("frame");
  const width = frame.integer(sideRange[0], sideRange[1] + 1);
  const height = frame.integer(sideRange[0], sideRange[1] + 1);
  const habitat = frame.choice(HABITATS);
  const support = drawSupport(frame);

  const pose = drawPose(draws("pose"), species.postureDeg, difficulty);
  const bird = paintBird(individual(species, draws("individual"), difficulty.individuals), pose, draws("plumage"));

  // Place the bird: its longer side takes the drawn share of the picture's side.
  const stretch = pose.facing * pose.foreshortening;
  const loose = bird.sketch.bounds((point) => ({ x: point.x * stretch, y: point.y }));
  const share = between(frame, ...difficulty.scaleRange);
  const scale = share * Math.min(width / loose.width, height / loose.height);
  const room = { x: width - scale * loose.width, y: height - scale * loose.height };
  // Two draws each: photographers hold the bird near the middle.
  const position = (): number => (between(frame, -0.04, 1.04) + between(frame, -0.04, 1.04)) / 2;
  const left = position() * room.x - scale * loose.x;
  const top = position() * room.y - scale * loose.y;
  const toPicture = (point: Point): Point => ({ x: left + scale * stretch * point.x, y: top + scale * point.y });

  const raster = paintBackground(draws("background"), habitat, width, height, difficulty.clutter);
  const behind = new Sketch();
  if (bird.feet !== undefined) {
    const foot = toPicture(plus(bird.feet[0], { x: 0, y: 2.5 }));
    const draw = draws("support");
    if (support === "ground") {
      paintGround(raster, draw, habitat, foot.y - between(draw, 0.02, 0.25) * height);
      castShadow(raster, foot.x, foot.y, 34 * scale, 7 * scale, between(draw, 0.15, 0.5));
    } else {
      paintSupport(behind, draw, support, foot, { width, height }, habitat.leaves);
    }
  }
  const place = `translate(${left} ${top}) scale(${scale * stretch} ${scale})`;
  const before = new Sketch();
  const reach = {
    x: left + scale * loose.x,
    y: top + scale * loose.y,
    width: scale * loose.width,
    height: scale * loose.height,
  };
  const growth = draws("foreground");
  paintForeground(before, growth, reach, { width, height }, habitat.leaves, difficulty.occlusion);

  const [behindLayer, birdLayer, beforeLayer] = await Promise.all([
    renderLayer(behind.svg, width, height),
    renderLayer(`<g transform="${place}">${bird.sketch.svg}</g>`, width, height),
    renderLayer(before.svg, width, height, growth.float() < 0.35 ? between(growth, 0.6, 2.5) : 0),
  ]);
  if (behindLayer !== undefined) compose(raster, behindLayer);
  compose(raster, birdLayer!, featherTone(birdLayer!, draws("relief"), scale));
  if (beforeLayer !== undefined) compose(raster, beforeLayer);

  const parts: Partial<Record<PartName, Point>> = {};
  for (const name of PART_NAMES) {
    const point = bird.parts[name];
    if (point === undefined) continue;
    const { x, y } = toPicture(point);
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    parts[pose.facing === 1 ? name : mirroredPart(name)] = { x, y };
  }
  return { jpeg: await takePhoto(raster, draws("photo"), difficulty), width, height, box: layerBox(birdLayer!), parts };
}

/** Renders SVG marks in a picture's pixels; undefined where there is nothing to render. */
async function renderLayer(marks: string, width: number, height: number, blur = 0): Promise<Layer | undefined> {
  if (marks === "") return undefined;
  const softener = `<feGaussianBlur stdDeviation="${blur}"/>`;
  const filter = `<filter id="f" x="0" y="0" width="1" height="1">${softener}</filter>`;
  const body = blur > 0 ? `${filter}<g filter="url(#f)">${marks}</g>` : marks;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
  const { data } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width, height, data };
}

import * as affine from "./affine-nearest/ladder.ts";
import * as blendLadder from "./blend/ladder.ts";
import * as crop from "./crop-resize/ladder.ts";
import * as map from "./map-values/ladder.ts";
import * as rectangle from "./paint-rectangle/ladder.ts";
import * as shear from "./shear-bicubic/ladder.ts";
import * as tables from "./value-tables/ladder.ts";

export const selectMapValues = (): readonly string[] => [map.wholeWords.id, map.naive.id];
export const selectValueTables = (): readonly string[] => [tables.ownCounts.id, tables.naive.id];
export const selectBlend = (): readonly string[] => [blendLadder.naive.id];
export const selectAffineNearest = (): readonly string[] => [affine.naive.id];
export const selectShearBicubic = (): readonly string[] => [shear.f32First.id, shear.naive.id];
export const selectPaintRectangle = (): readonly string[] => [rectangle.naive.id];
export const selectCropResize = (): readonly string[] => [crop.twoPasses.id, crop.naive.id];

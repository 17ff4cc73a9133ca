// What the pixel code of @fledge/data runs (src/simd/): AssemblyScript, compiled by build.ts into src/simd/pixels.wasm.
// Memory is the caller's: `firstFree` is where it begins. No function allocates; what is read and written past an end is
// said at each, at most 63 bytes.

export { huffmanTable } from "./jpeg/huffman";
export { decodeScan, nextMarker } from "./jpeg/scan";
export { greyToRgb, planesToRgb } from "./jpeg/colour";
export { resizeAcross, resizeDown } from "./resize";
export { countValues, fillPixels, mapBytes, mapChannels, sumLuma } from "./point";
export { blendWithGrey, blendWithSmooth } from "./blend";
export { affineAligned, affineFixed } from "./affine-nearest";
export { affineBilinear, shearXBicubic, shearYBicubic } from "./affine-smooth";

export function firstFree(): usize {
  return (__heap_base + 63) & ~63;
}

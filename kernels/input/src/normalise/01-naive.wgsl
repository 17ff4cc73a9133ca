// normalise images, rung 01: naive
// Computes  out[n,oh,ow,c] = images[n, top+oh, left+iw, c] * scale[c] + shift[c],
//           iw = ow, or OW-1-ow where the image's window is flipped;
//           scale = 1 / (255 std), shift = -mean / std, so the sum is (v/255 - mean) / std
// Layout    images u8[N,IH,IW,3], four bytes to a word; placement i32[N,3] = top, left, flip; out f32[N,OH,OW,3]
// Mapping   invocation -> one pixel of out
// Traffic   3 B read and 12 B written per pixel, in 3 loads and 3 stores of 4 B; 12 B of placement are read again for
//           each pixel
// Resources no workgroup memory; 64 invocations a workgroup; one pixel in registers
// Change    start: crop, flip, scaling and normalisation in one pass over the bytes, one pixel per invocation
// Expect    bound by instructions before memory: image, row, column and window are found anew for each pixel, and a
//           word is loaded again for each of its bytes
// Edges     any shape; a window that would leave its image is moved back inside
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  IH: u32,
  IW: u32,
  OH: u32,
  OW: u32,
  scaleR: f32,
  scaleG: f32,
  scaleB: f32,
  shiftR: f32,
  shiftG: f32,
  shiftB: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> placement: array<i32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// The byte at an offset in bytes, as 0..255.
fn byteAt(offset: u32) -> f32 {
  return f32((images[offset / 4u] >> (8u * (offset % 4u))) & 255u);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let pixel = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (pixel >= params.N * params.OH * params.OW) {
    return;
  }
  let ow = pixel % params.OW;
  let oh = pixel / params.OW % params.OH;
  let n = pixel / params.OW / params.OH;
  let top = u32(clamp(placement[3u * n], 0, i32(params.IH - params.OH)));
  let left = u32(clamp(placement[3u * n + 1u], 0, i32(params.IW - params.OW)));
  let flip = placement[3u * n + 2u] != 0;

  let iw = left + select(ow, params.OW - 1u - ow, flip);
  let source = ((n * params.IH + top + oh) * params.IW + iw) * 3u;
  out[3u * pixel] = byteAt(source) * params.scaleR + params.shiftR;
  out[3u * pixel + 1u] = byteAt(source + 1u) * params.scaleG + params.shiftG;
  out[3u * pixel + 2u] = byteAt(source + 2u) * params.scaleB + params.shiftB;
}

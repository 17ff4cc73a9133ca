// normalise pixels, rung 01: one pixel per invocation
// Computes  out[i,c] = pixels[i,c] * scale[c] + shift[c]; scale = 1 / std, shift = -mean / std
// Layout    pixels, out f32[N,H,W,3]
// Mapping   invocation -> one pixel
// Traffic   24 B per pixel, in 3 loads and 3 stores of 4 B
// Resources no workgroup memory; 64 invocations a workgroup; one value in registers
// Change    start: a pixel's channels have their scales and shifts by their places
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any shape
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
  scaleR: f32,
  scaleG: f32,
  scaleB: f32,
  shiftR: f32,
  shiftG: f32,
  shiftB: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pixels: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  out[3u * i] = pixels[3u * i] * params.scaleR + params.shiftR;
  out[3u * i + 1u] = pixels[3u * i + 1u] * params.scaleG + params.shiftG;
  out[3u * i + 2u] = pixels[3u * i + 2u] * params.scaleB + params.shiftB;
}

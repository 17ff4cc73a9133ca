// normalise pixels, rung 02: four pixels per invocation
// Computes  out[i,c] = pixels[i,c] * scale[c] + shift[c]; scale = 1 / std, shift = -mean / std
// Layout    pixels, out f32[N,H,W,3]
// Mapping   invocation -> four neighbouring pixels, which are three vectors
// Traffic   24 B per pixel, in loads and stores of 16 B
// Resources no workgroup memory; 64 invocations a workgroup; one vector in registers
// Change    01 -> 02: four pixels are three whole vectors, each with scale and shift turned to match
// Expect    the same bytes in a quarter of the memory instructions and bounds checks
// Edges     N * H * W a multiple of 4
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
@group(0) @binding(1) var<storage, read> pixels: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  let scale = vec3f(params.scaleR, params.scaleG, params.scaleB);
  let shift = vec3f(params.shiftR, params.shiftG, params.shiftB);
  out[3u * i] = pixels[3u * i] * scale.rgbr + shift.rgbr;
  out[3u * i + 1u] = pixels[3u * i + 1u] * scale.gbrg + shift.gbrg;
  out[3u * i + 2u] = pixels[3u * i + 2u] * scale.brgb + shift.brgb;
}

// mix images, rung 01: one value per invocation
// Computes  out[n,h,w,c] = others[n,h,w,c] where box[0] <= h < box[2] and box[1] <= w < box[3],
//           share * images[n,h,w,c] + (1 - share) * others[n,h,w,c] elsewhere
// Layout    images, others, out f32[N,H,W,C]; share f32[]; box i32[4]: top, left, bottom, right
// Mapping   invocation -> one value
// Traffic   12 B per value (read images and others, write out) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one value of each tensor in registers
// Change    start: one value per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load and of the divisions that find row and column
// Edges     any sizes; an empty box; a box that leaves the image is cut off at its border
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
  H: u32,
  W: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;
@group(0) @binding(2) var<storage, read> others: array<f32>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> box: array<i32, 4>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  let pixel = i / params.C;
  let w = i32(pixel % params.W);
  let h = i32((pixel / params.W) % params.H);
  let inside = h >= box[0] && w >= box[1] && h < box[2] && w < box[3];
  out[i] = select(share * images[i] + (1.0 - share) * others[i], others[i], inside);
}

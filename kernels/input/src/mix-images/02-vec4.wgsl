// mix images, rung 02: four values per invocation
// Computes  out[n,h,w,c] = others[n,h,w,c] where box[0] <= h < box[2] and box[1] <= w < box[3],
//           share * images[n,h,w,c] + (1 - share) * others[n,h,w,c] elsewhere
// Layout    images, others, out f32[N,H,W,C]; share f32[]; box i32[4]: top, left, bottom, right
// Mapping   invocation -> one vector of four values, which may belong to two pixels
// Traffic   12 B per value (read images and others, write out) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each tensor in registers
// Change    01 -> 02: the tensors are bound as vectors: one load or store of 16 B where there were four of 4 B, and a
//           quarter of the invocations; row and column are found for four values in vector arithmetic
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     the last vector may reach into the padding of 16 bytes, where nobody reads;
//           any sizes; an empty box; a box that leaves the image is cut off at its border
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
  H: u32,
  W: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<vec4f>;
@group(0) @binding(2) var<storage, read> others: array<vec4f>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> box: array<i32, 4>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  let pixel = (4u * i + vec4u(0u, 1u, 2u, 3u)) / params.C;
  let w = vec4i(pixel % params.W);
  let h = vec4i((pixel / params.W) % params.H);
  let above = (h >= vec4i(box[0])) & (w >= vec4i(box[1]));
  let below = (h < vec4i(box[2])) & (w < vec4i(box[3]));
  out[i] = select(share * images[i] + (1.0 - share) * others[i], others[i], above & below);
}

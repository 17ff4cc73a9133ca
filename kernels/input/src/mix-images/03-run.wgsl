// mix images, rung 03: a run of neighbouring vectors per invocation
// Computes  out[n,h,w,c] = others[n,h,w,c] where box[0] <= h < box[2] and box[1] <= w < box[3],
//           share * images[n,h,w,c] + (1 - share) * others[n,h,w,c] elsewhere
// Layout    images, others, out f32[N,H,W,C]; share f32[]; box i32[4]: top, left, bottom, right
// Mapping   invocation -> VECTORS neighbouring vectors, two cache lines of 64 B of each tensor
// Traffic   12 B per value (read images and others, write out) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each tensor at a time in registers
// Change    02 -> 03: a loop over VECTORS vectors beside one another: the start of an invocation is paid once for all
// Expect    gains where an invocation has a price and lanes are taken one after another, as on a CPU. A GPU's lanes load
//           together, and lie 128 B apart here: it wants rung 02
// Edges     the last vector may reach into the padding of 16 bytes, where nobody reads;
//           any sizes; an empty box; a box that leaves the image is cut off at its border
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 8u;

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
  let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS;
  for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) {
    let pixel = (4u * i + vec4u(0u, 1u, 2u, 3u)) / params.C;
    let w = vec4i(pixel % params.W);
    let h = vec4i((pixel / params.W) % params.H);
    let above = (h >= vec4i(box[0])) & (w >= vec4i(box[1]));
    let below = (h < vec4i(box[2])) & (w < vec4i(box[3]));
    out[i] = select(share * images[i] + (1.0 - share) * others[i], others[i], above & below);
  }
}

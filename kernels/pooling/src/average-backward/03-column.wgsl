// global-average-pool backward, rung 03: all pixels of four channels per invocation
// Computes  dX[n,h,w,c] = dOut[n,c] / (H*W)
// Layout    dX [N,H,W,C], dOut [N,C]; f32, dense; both as vectors of four channels
// Mapping   invocation -> four channels of all pixels of one image; neighbours differ in c
// Traffic   one load of 16 B and H*W stores of 16 B per 4 divisions
// Resources no workgroup memory; 64 invocations a workgroup; the share of four channels in registers
// Change    02 -> 03: an invocation writes all pixels of an image, was one: dOut is loaded, divided and indexed once
//           for them
// Expect    nothing but stores is left; a GPU has H*W times less invocations to fill itself with
// Edges     C a multiple of 4
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, H: u32, W: u32, C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dX: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let C4 = p.C / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * C4) { return; }
  let c = index % C4;
  let n = index / C4;

  let share = dOut[index] / f32(p.H * p.W);
  for (var pixel = 0u; pixel < p.H * p.W; pixel++) {
    dX[(n * p.H * p.W + pixel) * C4 + c] = share;
  }
}

// global-average-pool backward, rung 02: four channels per invocation
// Computes  dX[n,h,w,c] = dOut[n,c] / (H*W)
// Layout    dX [N,H,W,C], dOut [N,C]; f32, dense; both as vectors of four channels
// Mapping   invocation -> four channels of one pixel of dX; neighbours differ in c
// Traffic   one load and one store of 16 B per 4 divisions
// Resources no workgroup memory; 64 invocations a workgroup; nothing but the vector is kept
// Change    01 -> 02: an invocation handles four channels, was one: a quarter of the loads, stores and index
//           arithmetic, each four times as wide
// Expect    the same bytes in a quarter of the memory instructions; most on a CPU, where each has a price
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
  if (index >= p.N * p.H * p.W * C4) { return; }
  let c = index % C4;
  let n = index / (C4 * p.W * p.H);

  dX[index] = dOut[n * C4 + c] / f32(p.H * p.W);
}

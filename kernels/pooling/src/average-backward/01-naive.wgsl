// global-average-pool backward, rung 01: one invocation per input element
// Computes  dX[n,h,w,c] = dOut[n,c] / (H*W)
// Layout    dX [N,H,W,C], dOut [N,C]; f32, dense
// Mapping   invocation -> one element of dX; neighbours differ in c
// Traffic   one load and one store of 4 B per division
// Resources no workgroup memory; 64 invocations a workgroup; nothing but the element is kept
// Change    start: one invocation for each element of dX: two divisions to find its gradient, and one to share it out
// Expect    limited by the stores; dOut stays in cache
// Edges     any shape
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, H: u32, W: u32, C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.H * p.W * p.C) { return; }
  let c = index % p.C;
  let n = index / (p.C * p.W * p.H);

  dX[index] = dOut[n * p.C + c] / f32(p.H * p.W);
}

// split, rung 01: one element per invocation
// Computes  a[i] = x[i] for i < countA, b[i - countA] = x[i] from there
// Layout    x f32[countA + countB], a f32[countA], b f32[countB]
// Mapping   invocation -> one element
// Traffic   8 B per element (one read, one write), no operation
// Resources no workgroup memory; 64 invocations a workgroup; one element in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any counts
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  countA: u32,
  countB: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> a: array<f32>;
@group(0) @binding(3) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.countA + params.countB) { return; }
  if (i < params.countA) {
    a[i] = x[i];
  } else {
    b[i - params.countA] = x[i];
  }
}

// relu backward, rung 01: one element per invocation
// Computes  dX[i] = dOut[i] where out[i] > 0, else 0; where out[i] is NaN, dOut[i]
// Layout    out, dOut, dX flat f32[count]
// Mapping   invocation -> one element
// Traffic   12 B per element (read out and dOut, write dX) for one comparison
// Resources no workgroup memory; 64 invocations a workgroup; one element of out, dOut and dX in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any count
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  dX[i] = select(dOut[i], 0.0, out[i] <= 0.0);
}

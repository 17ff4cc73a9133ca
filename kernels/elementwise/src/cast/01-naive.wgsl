// cast, rung 01: one element per invocation
// Computes  out[i] = x[i], in the type of out: rounded from f32 to f16, or widened from f16 to f32
// Layout    x, out flat [count]; one of them f16, which the planner writes in place of f32 where it binds, reads or
//           writes that one
// Mapping   invocation -> one element; neighbours lie beside one another
// Traffic   6 B per element (read x, write out), no operation but the conversion
// Resources no workgroup memory; 64 invocations a workgroup; one value in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any count
// Needs     shader-f16.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  out[i] = x[i];
}

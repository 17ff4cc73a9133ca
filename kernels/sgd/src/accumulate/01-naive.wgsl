// sgd accumulate, rung 01: one element per invocation
// Computes  sum[i] = share * gradient[i] for part 0 of a batch, sum[i] + share * gradient[i] for any later part
// Layout    sum, gradient flat f32[count]; share f32[], part u32[]
// Mapping   invocation -> one element
// Traffic   12 B per element (read sum and gradient, write sum) for 2 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one element of sum and gradient in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any count;
//           part 0 never reads sum, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> part: u32;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  var before = f32();
  if (part > 0u) { before = sum[i]; }
  sum[i] = before + share * gradient[i];
}

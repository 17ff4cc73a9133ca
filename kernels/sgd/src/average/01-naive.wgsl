// sgd average, rung 01: one element per invocation
// Computes  average[i] += weight * (value[i] - average[i]), in the form of torch.lerp, which is exact at weights 0 and 1
// Layout    average, value flat f32[count]; weight f32[]
// Mapping   invocation -> one element
// Traffic   12 B per element (read average and value, write average) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one element of average and value in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any count
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> average: array<f32>;
@group(0) @binding(2) var<storage, read> value: array<f32>;
@group(0) @binding(3) var<storage, read> weight: f32;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  let before = average[i];
  let after = value[i];
  let way = after - before;
  average[i] = select(after - (1.0 - weight) * way, before + weight * way, weight < 0.5);
}

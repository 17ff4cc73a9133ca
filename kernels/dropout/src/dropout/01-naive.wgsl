// dropout, rung 01: one element per invocation
// Computes  out[i] = x[i] * scale where keep[i], else 0, whatever x[i] is
// Layout    x, out flat f32[count]; keep flat i32[count], 0 or 1
// Mapping   invocation -> one element
// Traffic   12 B per element (read x and keep, write out) for one product
// Resources no workgroup memory; 64 invocations a workgroup; one element of x, keep and out in registers
// Change    start: one element per invocation, so that neighbouring lanes touch neighbouring words
// Expect    bound by memory; on a CPU by the price of each scalar load
// Edges     any count. A product with the mask would make NaN of an infinite x that is dropped: select does not
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> keep: array<i32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  out[i] = select(0.0, x[i] * params.scale, keep[i] != 0);
}

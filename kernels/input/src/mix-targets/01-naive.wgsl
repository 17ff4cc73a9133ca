// mix targets, rung 01: naive
// Computes  targets[n,c] = share where c is labels[n], plus 1 - share where c is otherLabels[n], 0 for other classes
// Layout    labels, otherLabels i32[N]; share f32[]; targets f32[N,C]
// Mapping   invocation -> one target
// Traffic   4 B per target, and the labels, for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one target in registers
// Change    start: one target per invocation
// Expect    the cost of a dispatch: a batch has a few thousand targets
// Edges     any sizes; a label that is no class has no share
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> otherLabels: array<i32>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read_write> targets: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  let n = i / params.C;
  let c = i32(i % params.C);
  targets[i] = share * f32(c == labels[n]) + (1.0 - share) * f32(c == otherLabels[n]);
}

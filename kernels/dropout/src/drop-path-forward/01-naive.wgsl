// drop-path-forward, rung 01: one element per invocation
// Computes  out[n,i] = identity[n,i] + branch[n,i] * scale where keep[n], else identity[n,i]; then max(0, .) where RELU
// Layout    identity, branch, out f32 [N,size], dense; keep i32[N], 0 or 1
// Mapping   invocation -> one element; neighbours lie in one image
// Traffic   12 B per element (read identity and branch, write out) for 2 FLOP, 3 with ReLU
// Resources no workgroup memory; 64 invocations a workgroup; one element of each tensor in registers
// Change    start: one element per invocation, which divides to find its image
// Expect    bound by memory; on a CPU by the division and the price of each scalar load
// Edges     any shape. What is dropped adds nothing, whatever it is. The test of ReLU lets NaN through, as max() might
//           not: a diverged run must show
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;

struct Params {
  N: u32, size: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> identity: array<f32>;
@group(0) @binding(2) var<storage, read> branch: array<f32>;
@group(0) @binding(3) var<storage, read> keep: array<i32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.N * params.size) { return; }
  var value = select(identity[i], identity[i] + branch[i] * params.scale, keep[i / params.size] != 0);
  if (RELU == 1u) {
    value = select(value, 0.0, value < 0.0);
  }
  out[i] = value;
}

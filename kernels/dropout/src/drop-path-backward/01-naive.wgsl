// drop-path-backward, rung 01: one element per invocation
// Computes  g = dOut, 0 where RELU and out <= 0; dBranch[n,i] = g[n,i] * scale where keep[n], else 0; dIdentity = g
//           where RELU
// Layout    out, dOut, dIdentity, dBranch f32 [N,size], dense; keep i32[N], 0 or 1
// Mapping   invocation -> one element; neighbours lie in one image
// Traffic   16 B per element with ReLU (read out and dOut, write both gradients) for 2 FLOP, else 8 B for one
// Resources no workgroup memory; 64 invocations a workgroup; one element of each tensor in registers
// Change    start: one element per invocation, which divides to find its image and writes both gradients
// Expect    bound by memory; on a CPU by the division and the price of each scalar access
// Edges     any shape. ReLU's derivative at 0 is 0; where out is NaN, g is dOut. What is dropped is 0, whatever dOut
//           is. Without ReLU nothing is kept of out and dIdentity
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;

struct Params {
  N: u32, size: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read> keep: array<i32>;
@group(0) @binding(4) var<storage, read_write> dIdentity: array<f32>;
@group(0) @binding(5) var<storage, read_write> dBranch: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.N * params.size) { return; }
  var g = dOut[i];
  if (RELU == 1u) {
    g = select(g, 0.0, out[i] <= 0.0);
    dIdentity[i] = g;
  }
  dBranch[i] = select(0.0, g * params.scale, keep[i / params.size] != 0);
}

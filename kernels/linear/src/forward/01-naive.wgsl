// linear forward, rung 01: one invocation per output element
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   invocation -> one element of out; neighbours share n and differ in o
// Traffic   2 loads of 4 B for 1 multiply-add: 0.25 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 1 sum in a register
// Change    start: one invocation per element of out walks the whole sum, so that neighbours read one x and
//           neighbouring columns of weight
// Expect    limited by the loads: two for each multiply-add, though N rows share each weight and OUT columns each x
// Edges     any shape
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.OUT) { return; }
  let o = index % p.OUT;
  let n = index / p.OUT;

  var sum = 0.0;
  for (var i = 0u; i < p.IN; i++) {
    sum += x[n * p.IN + i] * weight[i * p.OUT + o];
  }
  out[index] = sum + bias[o];
}

// linear grad-input, rung 01: one invocation per element of dX
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   invocation -> one element of dX; neighbours share n and differ in i
// Traffic   2 loads of 4 B for 1 multiply-add: 0.25 FLOP/B; neighbours read weight OUT elements apart
// Resources no workgroup memory; 64 invocations a workgroup; 1 sum in a register
// Change    start: one invocation per element of dX walks the whole sum along a row of dOut and a row of weight
// Expect    limited by the loads: two for each multiply-add, and those of neighbours in different rows of weight
// Edges     any shape
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.IN) { return; }
  let i = index % p.IN;
  let n = index / p.IN;

  var sum = 0.0;
  for (var o = 0u; o < p.OUT; o++) {
    sum += dOut[n * p.OUT + o] * weight[i * p.OUT + o];
  }
  dX[index] = sum;
}

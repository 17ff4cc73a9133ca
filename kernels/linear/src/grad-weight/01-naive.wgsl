// linear grad-weight, rung 01: one invocation per element of dWeight
// Computes  dWeight[i,o] = sum over n of x[n,i] * dOut[n,o];  dBias[o] = sum over n of dOut[n,o]
// Layout    x [N,IN], dOut [N,OUT], dWeight [IN,OUT], dBias [OUT]; f32, dense
// GEMM      gemmM = IN, gemmN = OUT, gemmK = N; x is taken transposed, but not stored so
// Mapping   invocation -> one element of dWeight; neighbours share i and differ in o; those of i = 0 store dBias too
// Traffic   2 loads of 4 B for 1 multiply-add: 0.25 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 2 sums in registers, one of them of dBias
// Change    start: one invocation per element of dWeight walks the batch, so that neighbours read one x and
//           neighbouring dOut
// Expect    limited by the loads: two for each multiply-add and one addition
// Edges     any shape
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dBias: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.IN * p.OUT) { return; }
  let o = index % p.OUT;
  let i = index / p.OUT;

  var sum = 0.0;
  var biasSum = 0.0;
  for (var n = 0u; n < p.N; n++) {
    let d = dOut[n * p.OUT + o];
    sum += x[n * p.IN + i] * d;
    biasSum += d;
  }
  dWeight[index] = sum;
  if (i == 0u) { dBias[o] = biasSum; }
}

// linear grad-weight, rung 02: a block of 4 x 4 elements of dWeight in the registers of each invocation
// Computes  dWeight[i,o] = sum over n of x[n,i] * dOut[n,o];  dBias[o] = sum over n of dOut[n,o]
// Layout    x [N,IN], dOut [N,OUT], dWeight [IN,OUT], dBias [OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = IN, gemmN = OUT, gemmK = N; x is taken transposed, but not stored so
// Mapping   invocation -> four neighbouring i, four neighbouring o; neighbours share i and differ in o;
//           those of i = 0 store dBias too
// Traffic   2 loads of 16 B for 16 multiply-adds: 1 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 16 sums, 4 of dBias, 1 vector of x and 1 of dOut in
//           registers
// Change    01 -> 02: 4 x 4 sums per invocation, was 1, and vectors of four: each loaded x serves four columns, each
//           loaded dOut four rows
// Expect    16 times fewer loads per multiply-add, each four times as wide; 16 times fewer invocations
// Edges     IN and OUT multiples of 4; any N
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dBias: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= IN4 * OUT4) { return; }
  let o = index % OUT4;
  let i = index / OUT4;

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var biasSum = vec4f();
  for (var n = 0u; n < p.N; n++) {
    let d = dOut[n * OUT4 + o];
    let v = x[n * IN4 + i];
    sum0 += v.x * d;
    sum1 += v.y * d;
    sum2 += v.z * d;
    sum3 += v.w * d;
    biasSum += d;
  }
  dWeight[(4u * i + 0u) * OUT4 + o] = sum0;
  dWeight[(4u * i + 1u) * OUT4 + o] = sum1;
  dWeight[(4u * i + 2u) * OUT4 + o] = sum2;
  dWeight[(4u * i + 3u) * OUT4 + o] = sum3;
  if (i == 0u) { dBias[o] = biasSum; }
}

// linear grad-input, rung 02: a block of TM x 4 elements of dX in the registers of each invocation
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   invocation -> TM rows of dX, four neighbouring i; neighbours share the rows and differ in i
// Traffic   per 4 steps of o: TM loads of dOut and 4 of weight, 16 B each, for 16*TM multiply-adds: 1 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 16 sums, 4 vectors of weight and 1 of dOut in registers
// Change    01 -> 02: TM x 4 sums per invocation, was 1, and vectors of four: each loaded weight serves TM rows, each
//           loaded dOut four columns
// Expect    16 times fewer loads per multiply-add, each four times as wide; 16 times fewer invocations, which may be
//           too few for a large GPU
// Edges     IN and OUT multiples of 4; rows past N repeat the last one and are not stored
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const TM = 4u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

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
  let i = index % IN4;
  let n = index / IN4 * TM;
  if (n >= p.N) { return; }

  var sums: array<vec4f, TM>;
  for (var o = 0u; o < OUT4; o++) {
    let w0 = weight[(4u * i + 0u) * OUT4 + o];
    let w1 = weight[(4u * i + 1u) * OUT4 + o];
    let w2 = weight[(4u * i + 2u) * OUT4 + o];
    let w3 = weight[(4u * i + 3u) * OUT4 + o];
    for (var m = 0u; m < TM; m++) {
      let v = dOut[min(n + m, p.N - 1u) * OUT4 + o];
      sums[m] += vec4f(dot(v, w0), dot(v, w1), dot(v, w2), dot(v, w3));
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N) { dX[(n + m) * IN4 + i] = sums[m]; }
  }
}

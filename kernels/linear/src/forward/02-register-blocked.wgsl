// linear forward, rung 02: a block of TM x 4 outputs in the registers of each invocation
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   invocation -> TM rows of out, four neighbouring o; neighbours share the rows and differ in o
// Traffic   per 4 steps of i: TM loads of x and 4 of weight, 16 B each, for 16*TM multiply-adds: 1 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 16 sums, 4 vectors of weight and 1 of x in registers
// Change    01 -> 02: TM x 4 sums per invocation, was 1, and vectors of four: each loaded weight serves TM rows, each
//           loaded x four columns
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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

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
  let o = index % OUT4;
  let n = index / OUT4 * TM;
  if (n >= p.N) { return; }

  var sums: array<vec4f, TM>;
  for (var i = 0u; i < IN4; i++) {
    let w0 = weight[(4u * i + 0u) * OUT4 + o];
    let w1 = weight[(4u * i + 1u) * OUT4 + o];
    let w2 = weight[(4u * i + 2u) * OUT4 + o];
    let w3 = weight[(4u * i + 3u) * OUT4 + o];
    for (var m = 0u; m < TM; m++) {
      let v = x[min(n + m, p.N - 1u) * IN4 + i];
      sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N) { out[(n + m) * OUT4 + o] = sums[m] + bias[o]; }
  }
}

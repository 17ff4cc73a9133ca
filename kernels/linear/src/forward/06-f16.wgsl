// linear forward, rung 06: tiles of halves, f32 sums
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   workgroup -> BM rows of out, BN vectors of columns; invocation -> TM rows, one vector
// Traffic   per BK vectors of i: BM*BK + 4*BK*BN loads of 16 B for 16*BM*BN*BK multiply-adds: 10.7 FLOP/B
// Resources 3 KiB workgroup memory; 128 invocations a workgroup; 16 sums in registers
// Change    04 -> 06: operands are rounded to f16 where they enter the tiles; products and sums are f32
// Expect    half of the workgroup memory and of its traffic: little, as a classifier's product is small. Each operand is
//           off by up to 2^-10 of itself, and beyond 65504 it overflows, so that this rung is chosen only where f16 is
//           asked for
// Edges     IN and OUT multiples of 4; what lies outside is loaded as 0 and not stored
// Needs     shader-f16.  Defined by ../reference.ts
enable f16;

const BM = 32u;
const BN = 16u;
const BK = 4u;
const TM = 4u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

var<workgroup> xTile: array<vec4<f16>, BM * BK>;
var<workgroup> weightTile: array<vec4<f16>, 4 * BK * BN>;

@compute @workgroup_size(BN, BM / TM)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let firstRow = workgroup.y * BM;
  let firstColumn = workgroup.x * BN;
  let threads = BN * BM / TM;

  var sums: array<vec4f, TM>;
  for (var first = 0u; first < IN4; first += BK) {
    for (var t = index; t < BM * BK; t += threads) {
      let n = firstRow + t / BK;
      let i = first + t % BK;
      xTile[t] = vec4<f16>();
      if (n < p.N && i < IN4) { xTile[t] = vec4<f16>(x[n * IN4 + i]); }
    }
    for (var t = index; t < 4u * BK * BN; t += threads) {
      let i = 4u * first + t / BN;
      let o = firstColumn + t % BN;
      weightTile[t] = vec4<f16>();
      if (i < p.IN && o < OUT4) { weightTile[t] = vec4<f16>(weight[i * OUT4 + o]); }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let w0 = vec4f(weightTile[(4u * k + 0u) * BN + local.x]);
      let w1 = vec4f(weightTile[(4u * k + 1u) * BN + local.x]);
      let w2 = vec4f(weightTile[(4u * k + 2u) * BN + local.x]);
      let w3 = vec4f(weightTile[(4u * k + 3u) * BN + local.x]);
      for (var m = 0u; m < TM; m++) {
        let v = vec4f(xTile[(local.y * TM + m) * BK + k]);
        sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
      }
    }
    workgroupBarrier(); // The tiles are read to the end before the next ones replace them.
  }
  let o = firstColumn + local.x;
  for (var m = 0u; m < TM; m++) {
    let n = firstRow + local.y * TM + m;
    if (n < p.N && o < OUT4) { out[n * OUT4 + o] = sums[m] + bias[o]; }
  }
}

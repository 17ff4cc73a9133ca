// linear grad-weight, rung 05: tiles of halves, f32 sums
// Computes  dWeight[i,o] = sum over n of x[n,i] * dOut[n,o];  dBias[o] = sum over n of dOut[n,o]
// Layout    x [N,IN], dOut [N,OUT], dWeight [IN,OUT], dBias [OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = IN, gemmN = OUT, gemmK = N; x is taken transposed, but not stored so
// Mapping   workgroup -> BM vectors of rows i of dWeight, BN vectors of columns; invocation -> one vector each way;
//           those of the first rows store dBias too
// Traffic   per BK steps of n: BK*(BM + BN) loads of 16 B for 16*BM*BN*BK multiply-adds: 10.7 FLOP/B
// Resources 3 KiB workgroup memory; 128 invocations a workgroup; 16 sums and 4 of dBias in registers
// Change    04 -> 05: operands are rounded to f16 where they enter the tiles; products and sums are f32, those of dBias too
// Expect    half of the workgroup memory and of its traffic: little, as a classifier's product is small. Each operand is
//           off by up to 2^-10 of itself, and beyond 65504 it overflows, so that this rung is chosen only where f16 is
//           asked for
// Edges     IN and OUT multiples of 4; what lies outside is loaded as 0 and not stored
// Needs     shader-f16.  Defined by ../reference.ts
enable f16;

const BM = 8u;
const BN = 16u;
const BK = 16u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dBias: array<vec4f>;

var<workgroup> xTile: array<vec4<f16>, BK * BM>;
var<workgroup> dOutTile: array<vec4<f16>, BK * BN>;

@compute @workgroup_size(BN, BM)
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
  let threads = BN * BM;

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var biasSum = vec4f();
  for (var first = 0u; first < p.N; first += BK) {
    for (var t = index; t < BK * BM; t += threads) {
      let n = first + t / BM;
      let i = firstRow + t % BM;
      xTile[t] = vec4<f16>();
      if (n < p.N && i < IN4) { xTile[t] = vec4<f16>(x[n * IN4 + i]); }
    }
    for (var t = index; t < BK * BN; t += threads) {
      let n = first + t / BN;
      let o = firstColumn + t % BN;
      dOutTile[t] = vec4<f16>();
      if (n < p.N && o < OUT4) { dOutTile[t] = vec4<f16>(dOut[n * OUT4 + o]); }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let d = vec4f(dOutTile[k * BN + local.x]);
      let v = vec4f(xTile[k * BM + local.y]);
      sum0 += v.x * d;
      sum1 += v.y * d;
      sum2 += v.z * d;
      sum3 += v.w * d;
      biasSum += d;
    }
    workgroupBarrier(); // The tiles are read to the end before the next ones replace them.
  }
  let i = firstRow + local.y;
  let o = firstColumn + local.x;
  if (i >= IN4 || o >= OUT4) { return; }
  dWeight[(4u * i + 0u) * OUT4 + o] = sum0;
  dWeight[(4u * i + 1u) * OUT4 + o] = sum1;
  dWeight[(4u * i + 2u) * OUT4 + o] = sum2;
  dWeight[(4u * i + 3u) * OUT4 + o] = sum3;
  if (i == 0u) { dBias[o] = biasSum; }
}

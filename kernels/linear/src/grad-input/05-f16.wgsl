// linear grad-input, rung 05: tiles of halves, f32 sums
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   workgroup -> BM rows of dX, BN vectors of columns; invocation -> TM rows, one vector
// Traffic   per BK vectors of o: BM*BK + 4*BN*BK loads of 16 B for 16*BM*BN*BK multiply-adds: 10.7 FLOP/B
// Resources 3.5 KiB workgroup memory; 128 invocations a workgroup; 16 sums in registers
// Change    04 -> 05: operands are rounded to f16 where they enter the tiles; products and sums are f32
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
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

var<workgroup> dOutTile: array<vec4<f16>, BM * BK>;
// Rows of BK vectors and one more, so that neighbours, four rows apart, do not meet in one bank.
var<workgroup> weightTile: array<vec4<f16>, 4 * BN * (BK + 1)>;

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
  for (var first = 0u; first < OUT4; first += BK) {
    for (var t = index; t < BM * BK; t += threads) {
      let n = firstRow + t / BK;
      let o = first + t % BK;
      dOutTile[t] = vec4<f16>();
      if (n < p.N && o < OUT4) { dOutTile[t] = vec4<f16>(dOut[n * OUT4 + o]); }
    }
    for (var t = index; t < 4u * BN * BK; t += threads) {
      let i = 4u * firstColumn + t / BK;
      let o = first + t % BK;
      let place = t / BK * (BK + 1u) + t % BK;
      weightTile[place] = vec4<f16>();
      if (i < p.IN && o < OUT4) { weightTile[place] = vec4<f16>(weight[i * OUT4 + o]); }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let w0 = vec4f(weightTile[(4u * local.x + 0u) * (BK + 1u) + k]);
      let w1 = vec4f(weightTile[(4u * local.x + 1u) * (BK + 1u) + k]);
      let w2 = vec4f(weightTile[(4u * local.x + 2u) * (BK + 1u) + k]);
      let w3 = vec4f(weightTile[(4u * local.x + 3u) * (BK + 1u) + k]);
      for (var m = 0u; m < TM; m++) {
        let v = vec4f(dOutTile[(local.y * TM + m) * BK + k]);
        sums[m] += vec4f(dot(v, w0), dot(v, w1), dot(v, w2), dot(v, w3));
      }
    }
    workgroupBarrier(); // The tiles are read to the end before the next ones replace them.
  }
  let i = firstColumn + local.x;
  for (var m = 0u; m < TM; m++) {
    let n = firstRow + local.y * TM + m;
    if (n < p.N && i < IN4) { dX[n * IN4 + i] = sums[m]; }
  }
}

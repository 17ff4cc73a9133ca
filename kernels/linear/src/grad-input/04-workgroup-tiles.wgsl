// linear grad-input, rung 04: tiles of dOut and weight in workgroup memory
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   workgroup -> BM rows of dX, BN vectors of columns; invocation -> TM rows, one vector
// Traffic   per BK vectors of o: BM*BK + 4*BN*BK loads of 16 B for 16*BM*BN*BK multiply-adds: 10.7 FLOP/B
// Resources 7 KiB workgroup memory; 128 invocations a workgroup; 16 sums in registers
// Change    02 -> 04: a workgroup loads each vector once, for all of its invocations, which read it from workgroup
//           memory. Workgroups are a grid of tiles, 16 x 8 invocations each; what lies outside is 0, no repeated row
// Expect    gains on a GPU, most of all as BK neighbours load along a row of weight, where each neighbour in rung 02
//           reads other rows; a CPU's workgroup memory is memory like any other, and a barrier there suspends every
//           invocation
// Edges     IN and OUT multiples of 4; what lies outside is loaded as 0 and not stored
// Needs     no optional feature, default limits.  Defined by ../reference.ts
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

var<workgroup> dOutTile: array<vec4f, BM * BK>;
// Rows of BK vectors and one more, so that neighbours, four rows apart, do not meet in one bank.
var<workgroup> weightTile: array<vec4f, 4 * BN * (BK + 1)>;

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
      dOutTile[t] = vec4f();
      if (n < p.N && o < OUT4) { dOutTile[t] = dOut[n * OUT4 + o]; }
    }
    for (var t = index; t < 4u * BN * BK; t += threads) {
      let i = 4u * firstColumn + t / BK;
      let o = first + t % BK;
      let place = t / BK * (BK + 1u) + t % BK;
      weightTile[place] = vec4f();
      if (i < p.IN && o < OUT4) { weightTile[place] = weight[i * OUT4 + o]; }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let w0 = weightTile[(4u * local.x + 0u) * (BK + 1u) + k];
      let w1 = weightTile[(4u * local.x + 1u) * (BK + 1u) + k];
      let w2 = weightTile[(4u * local.x + 2u) * (BK + 1u) + k];
      let w3 = weightTile[(4u * local.x + 3u) * (BK + 1u) + k];
      for (var m = 0u; m < TM; m++) {
        let v = dOutTile[(local.y * TM + m) * BK + k];
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

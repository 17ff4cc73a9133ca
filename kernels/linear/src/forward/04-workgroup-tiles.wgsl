// linear forward, rung 04: tiles of x and weight in workgroup memory
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   workgroup -> BM rows of out, BN vectors of columns; invocation -> TM rows, one vector
// Traffic   per BK vectors of i: BM*BK + 4*BK*BN loads of 16 B for 16*BM*BN*BK multiply-adds: 10.7 FLOP/B
// Resources 6 KiB workgroup memory; 128 invocations a workgroup; 16 sums in registers
// Change    02 -> 04: a workgroup loads each vector once, for all of its invocations, which read it from workgroup
//           memory. Workgroups are a grid of tiles, 16 x 8 invocations each; what lies outside is 0, no repeated row
// Expect    gains on a GPU, where workgroup memory is near; a CPU's is memory like any other, and a barrier there
//           suspends every invocation
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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

var<workgroup> xTile: array<vec4f, BM * BK>;
var<workgroup> weightTile: array<vec4f, 4 * BK * BN>;

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
      xTile[t] = vec4f();
      if (n < p.N && i < IN4) { xTile[t] = x[n * IN4 + i]; }
    }
    for (var t = index; t < 4u * BK * BN; t += threads) {
      let i = 4u * first + t / BN;
      let o = firstColumn + t % BN;
      weightTile[t] = vec4f();
      if (i < p.IN && o < OUT4) { weightTile[t] = weight[i * OUT4 + o]; }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let w0 = weightTile[(4u * k + 0u) * BN + local.x];
      let w1 = weightTile[(4u * k + 1u) * BN + local.x];
      let w2 = weightTile[(4u * k + 2u) * BN + local.x];
      let w3 = weightTile[(4u * k + 3u) * BN + local.x];
      for (var m = 0u; m < TM; m++) {
        let v = xTile[(local.y * TM + m) * BK + k];
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

// conv2d forward, rung 25: lane-broadcast product of a copy of A whose rows lie side by side for a tile
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC], rows [ceil(M/TM),K/4,TM,4]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x once, into rows
// Mapping   pack_input: workgroup -> PIECE vectors of one tap of LANES rows, a row to a lane;
//           main: workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows;
//           lane -> TM rows x 4 channels of out, and the loads of TM/LN of those rows for its LN neighbours
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B, and 8 with TM = 32; rows, KH*KW/stride^2
//           times x, are written once and read once for 4*LN channels
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, 16 vectors each), 256
//           with TM = 32
// Change    08 -> 25: a first pass copies A, so that what the lanes read at a step is one stretch of memory and the next
//           step's follows it: no taps, no padding, no stride and no test in the inner loop; tiles go down the rows
//           first, so that they share their columns of weight
// Expect    most where IC times stride is a large power of two: 08's 32 rows then share a few sets of the first cache,
//           eight lines to a set, and each line is fetched again for each of the four vectors that are read of it; some
//           wherever taps or a stride are; a loss where OC is small, as the copy serves OC columns
// Edges     IC and OC multiples of 4; taps outside x count 0, rows past M and channels past OC are dropped
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u; // or 32: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const PIECE = 64u; // vectors of a row that a workgroup of `pack_input` takes

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

/// Vectors of a row of A.
fn steps() -> u32 { return params.KH * params.KW * (params.IC / 4); }

@compute @workgroup_size(LANES)
fn pack_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let pieces = (ics + PIECE - 1) / PIECE;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let tap = index / pieces % (p.KH * p.KW);
  let m = index / (pieces * p.KH * p.KW) * LANES + lane;
  let gemmM = p.N * p.OH * p.OW;
  if (m >= gemmM) { return; }
  let ih = m / p.OW % p.OH * p.stride + tap / p.KW - p.padding; // above the image it wraps to a huge number
  let iw = m % p.OW * p.stride + tap % p.KW - p.padding;
  let inside = ih < p.IH && iw < p.IW;
  let pixel = ((m / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * ics;
  let row = m / TM * steps() * TM + tap * ics * TM + m % TM;
  let first = index % pieces * PIECE;
  for (var ic = first; ic < min(first + PIECE, ics); ic++) {
    var vector = vec4f();
    if (inside) { vector = x[pixel + ic]; }
    rows[row + ic * TM] = vector;
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = steps() * 4;
  let blocks = (gemmM + LANES / LN * TM - 1) / (LANES / LN * TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let block = tile % blocks * (LANES / LN) + lane / LN;
  let m0 = block * TM;
  let n0 = tile / blocks * LN + ln;
  let row = min(block, (gemmM - 1) / TM) * steps() * TM + ln;

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) { a[i] = rows[row + k / 4 * TM + i * LN]; }
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = weight[(k + u) * gemmN + min(n0, gemmN - 1)]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * subgroupShuffle(a[(16 + r) / LN], first + r % LN); }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { out[(m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { out[(m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
    }
  }
}

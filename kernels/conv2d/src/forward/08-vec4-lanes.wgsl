// conv2d forward, rung 08: lane-broadcast implicit GEMM, four input channels to a load
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows;
//           lane -> TM rows x 4 channels of out, and the loads of TM/LN of those rows for its LN neighbours
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B, and 8 with TM = 32
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, 16 vectors each), 256
//           with TM = 32
// Change    07 -> 08: x is loaded by vec4f: one load and one test of its tap for 4 k's, were 4; a lane takes 32 rows
//           where tiles are enough (../lanes.ts), was 16, so that a load of weight serves twice as many
// Expect    a quarter of rung 07's loads of x, each four times as wide; the shuffles and the loads of weight remain
// Edges     IC and OC multiples of 4; rows and taps outside x count 0, channels past OC are dropped
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u; // or 32: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.KH * p.KW * p.IC;
  let columns = (gemmN + LN - 1) / LN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let m0 = (tile / columns * (LANES / LN) + lane / LN) * TM;
  let n0 = tile % columns * LN + ln;

  // The input pixel of tap (0,0) for each row this lane loads: its coordinates, wrapping below 0, and its offset in x.
  var top: array<u32, TM / LN>;
  var left: array<u32, TM / LN>;
  var corner: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) {
    let m = min(m0 + i * LN + ln, gemmM - 1);
    let n = m / (p.OH * p.OW);
    top[i] = m / p.OW % p.OH * p.stride - p.padding;
    left[i] = m % p.OW * p.stride - p.padding;
    corner[i] = ((n * p.IH + top[i]) * p.IW + left[i]) * (p.IC / 4);
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  var kh = 0u;
  var kw = 0u;
  var ic = 0u;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      let tap = (kh * p.IW + kw) * (p.IC / 4) + ic / 4;
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) {
        a[i] = vec4f();
        if (top[i] + kh < p.IH && left[i] + kw < p.IW) { a[i] = x[corner[i] + tap]; }
      }
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = weight[(k + u) * gemmN + min(n0, gemmN - 1)]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * subgroupShuffle(a[(16 + r) / LN], first + r % LN); }
      }
      ic += 4;
      if (ic == p.IC) { ic = 0; kw++; }
      if (kw == p.KW) { kw = 0; kh++; }
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

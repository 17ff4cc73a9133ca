// conv2d gradient of the input, rung 09: 1x1 convolution of stride 1 as a plain matrix product
// Computes  dX[n,h,w,ic] = sum over oc of dOut[n,h,w,oc] * weight[0,0,ic,oc]
// Layout    dOut [N,IH,IW,OC], weight [1,1,IC,OC], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      M = N*IH*IW, N = IC, K = OC; A is dOut as it lies
// Mapping   workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows;
//           lane -> TM rows x 4 channels of dX, and the loads of TM/LN of those rows for its LN neighbours
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B, and 8 with TM = 32
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, 16 vectors each), 256
//           with TM = 32
// Change    07 -> 09: a row of A is a row of dOut: no phases, no taps, no test at a load
// Expect    some of rung 07's time where K is short or rows are few: no divisions before and after the sums. It reads
//           weight as 07 does: 08's copy would take as long as it saves where rows are few, as in most 1x1 layers
// Edges     KH = KW = 1, stride 1, no padding; IC and OC multiples of 4; rows past M and channels past IC are dropped
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
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.IH * p.IW;
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC;
  let columns = (gemmN + LN - 1) / LN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let m0 = (tile / columns * (LANES / LN) + lane / LN) * TM;
  let n0 = tile % columns * LN + ln;

  // The start of each row this lane loads; a row past the end takes the last one's values, and is dropped.
  var row: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) { row[i] = min(m0 + i * LN + ln, gemmM - 1) * (p.OC / 4); }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) { a[i] = dOut[row[i] + k / 4]; }
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = weight[((min(n0, gemmN - 1) * 4 + u) * p.OC + k) / 4]; }
      for (var r = 0u; r < 16; r++) { part[r] += subgroupShuffle(a[r / LN], first + r % LN) * b; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += subgroupShuffle(a[(16 + r) / LN], first + r % LN) * b; }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { dX[(m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { dX[(m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
    }
  }
}

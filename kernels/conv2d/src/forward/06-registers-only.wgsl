// conv2d forward, rung 06: implicit GEMM in registers alone
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   invocation -> TM rows x TN channels of out, its sums in registers; neighbours differ in channels
// Traffic   TM + TN loads for TM*TN multiply-adds: 2 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 128 sums in registers (acc and part, TM x TN each)
// Change    01 -> 06: an invocation sums TM x TN = 8 x 8 elements of out, was 1, so that a loaded value feeds 8
//           multiply-adds, was 1: 2 FLOP/B, was 0.25; the taps and channels are one loop over K, summed in blocks of
//           KB, was tap by tap
// Expect    several times rung 01, and on a CPU more than 02 to 05; lanes with the same rows still load the same values
//           of x each
// Edges     any shape; rows and taps outside x count 0, channels past OC are computed and dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const TM = 8u;
const TN = 8u;
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.OC;
  let gemmK = p.KH * p.KW * p.IC;
  let columns = (gemmN + TN - 1) / TN;
  let block = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let m0 = block / columns * TM;
  let n0 = block % columns * TN;
  if (m0 >= gemmM) { return; }

  // The input pixel of tap (0,0) for each row: its coordinates, wrapping below 0, and its offset in x.
  var top: array<u32, TM>;
  var left: array<u32, TM>;
  var corner: array<u32, TM>;
  for (var r = 0u; r < TM; r++) {
    let m = min(m0 + r, gemmM - 1);
    let n = m / (p.OH * p.OW);
    top[r] = m / p.OW % p.OH * p.stride - p.padding;
    left[r] = m % p.OW * p.stride - p.padding;
    corner[r] = ((n * p.IH + top[r]) * p.IW + left[r]) * p.IC;
  }

  var acc: array<array<f32, TN>, TM>;
  var kh = 0u;
  var kw = 0u;
  var ic = 0u;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<array<f32, TN>, TM>();
    for (var k = k0; k < min(k0 + KB, gemmK); k++) {
      let tap = (kh * p.IW + kw) * p.IC + ic;
      var b: array<f32, TN>;
      for (var c = 0u; c < TN; c++) { b[c] = weight[k * gemmN + min(n0 + c, gemmN - 1)]; }
      for (var r = 0u; r < TM; r++) {
        var a = 0.0;
        if (top[r] + kh < p.IH && left[r] + kw < p.IW) { a = x[corner[r] + tap]; }
        for (var c = 0u; c < TN; c++) { part[r][c] += a * b[c]; }
      }
      ic++;
      if (ic == p.IC) { ic = 0; kw++; }
      if (kw == p.KW) { kw = 0; kh++; }
    }
    for (var r = 0u; r < TM; r++) {
      for (var c = 0u; c < TN; c++) { acc[r][c] += part[r][c]; }
    }
  }

  for (var r = 0u; r < TM; r++) {
    for (var c = 0u; c < TN; c++) {
      if (m0 + r < gemmM && n0 + c < gemmN) { out[(m0 + r) * gemmN + n0 + c] = acc[r][c]; }
    }
  }
}

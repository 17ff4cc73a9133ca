// conv2d gradient of the weight, rung 07: implicit GEMM in registers alone, K split over workgroups
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC]; f32, dense
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   main: invocation -> TM rows x TN channels of one split's sum, in registers; neighbours differ in channels
//           total: invocation -> one element of dWeight
// Traffic   TM + TN loads for TM*TN multiply-adds: 2 FLOP/B; partials are written and read once
// Resources no workgroup memory; 64 invocations a workgroup; 128 sums in registers (acc and part, TM x TN each); total:
//           1 sum
// Change    04 -> 07: no tiles, no barriers: an invocation loads for itself and sums TM x TN = 8 x 8 elements,
//           was 4 x 4, so that a loaded value feeds 8 multiply-adds, was 64: 2 FLOP/B, was 16; K is walked pixel by
//           pixel and summed in blocks of KB, was BK; a workgroup is 64 invocations, was 256. K is still split, and
//           `total` the same
// Expect    on a CPU several times rung 04, whose reads of workgroup memory are loads like any other there; on a GPU
//           less than 04
// Edges     any shape; pixels outside x count 0, rows past M and channels past OC are computed and dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const TM = 8u;
const TN = 8u;
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let gemmM = p.KH * p.KW * p.IC;
  let gemmN = p.OC;
  let gemmK = p.N * p.OH * p.OW;
  let columns = (gemmN + TN - 1) / TN;
  let blocks = (gemmM + TM - 1) / TM;
  let block = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let n0 = block % columns * TN;
  let m0 = block / columns % blocks * TM;
  let split = block / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = (gemmK + p.splits - 1) / p.splits;
  let end = min((split + 1) * splitK, gemmK);

  // Each row's tap, seen from the pixel (oh*stride, ow*stride): its coordinates, wrapping below 0, and its offset in x.
  var top: array<u32, TM>;
  var left: array<u32, TM>;
  var tap: array<u32, TM>;
  for (var r = 0u; r < TM; r++) {
    let m = min(m0 + r, gemmM - 1);
    top[r] = m / (p.IC * p.KW) - p.padding;
    left[r] = m / p.IC % p.KW - p.padding;
    tap[r] = (top[r] * p.IW + left[r]) * p.IC + m % p.IC;
  }

  var acc: array<array<f32, TN>, TM>;
  let start = split * splitK;
  var n = start / (p.OH * p.OW);
  var oh = start / p.OW % p.OH;
  var ow = start % p.OW;
  for (var k0 = start; k0 < end; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<array<f32, TN>, TM>();
    for (var k = k0; k < min(k0 + KB, end); k++) {
      let ih = oh * p.stride;
      let iw = ow * p.stride;
      let pixel = ((n * p.IH + ih) * p.IW + iw) * p.IC;
      var b: array<f32, TN>;
      for (var c = 0u; c < TN; c++) { b[c] = dOut[k * gemmN + min(n0 + c, gemmN - 1)]; }
      for (var r = 0u; r < TM; r++) {
        var a = 0.0;
        if (ih + top[r] < p.IH && iw + left[r] < p.IW) { a = x[pixel + tap[r]]; }
        for (var c = 0u; c < TN; c++) { part[r][c] += a * b[c]; }
      }
      ow++;
      if (ow == p.OW) { ow = 0; oh++; }
      if (oh == p.OH) { oh = 0; n++; }
    }
    for (var r = 0u; r < TM; r++) {
      for (var c = 0u; c < TN; c++) { acc[r][c] += part[r][c]; }
    }
  }

  for (var r = 0u; r < TM; r++) {
    for (var c = 0u; c < TN; c++) {
      if (m0 + r >= gemmM || n0 + c >= gemmN) { continue; }
      let index = (m0 + r) * gemmN + n0 + c;
      if (p.splits == 1) { dWeight[index] = acc[r][c]; } else { partials[split * gemmM * gemmN + index] = acc[r][c]; }
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.KH * params.KW * params.IC * params.OC;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || params.splits == 1) { return; }
  var sum = 0.0;
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

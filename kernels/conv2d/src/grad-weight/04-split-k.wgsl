// conv2d gradient of the weight, rung 04: tiles in workgroup memory, K split over workgroups
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC]; f32, dense
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   main: workgroup -> BM x BN tile of one split's sum; invocation -> TM x TN block of it
//           total: invocation -> one element of dWeight
// Traffic   per K step (BM + BN) * BK loads for BM*BN*BK multiply-adds: 16 FLOP/B; partials are written and read once
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM x TN each);
//           total: 1 sum
// Change    03 -> 04: K, all pixels of the batch, is cut into splits; each has a workgroup of its own for every tile,
//           and a second pass adds the splits in their order, so the bits repeat
// Expect    much where dWeight has few tiles and the device many cores: 64 x 64 channels, 1x1, are one tile, which
//           keeps one workgroup busy in rung 03; nothing where rung 03 has a tile for each core
// Edges     any shape; elements outside A and B count 0, sums outside dWeight are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 64u;
const BN = 64u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const TM = 4u;
const TN = 4u;
const WORKGROUP = 256u; // BM / TM * BN / TN, and of `total`

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<f32>;

var<workgroup> As: array<f32, BM * BK>;
var<workgroup> Bs: array<f32, BK * BN>;

/// Element (m, k) of A: the channel of the input pixel that k meets at m's tap; 0 outside x or past end.
fn elementA(end: u32, m: u32, k: u32) -> f32 {
  let p = params;
  let ih = k / p.OW % p.OH * p.stride + m / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = k % p.OW * p.stride + m / p.IC % p.KW - p.padding;
  if (m >= p.KH * p.KW * p.IC || k >= end || ih >= p.IH || iw >= p.IW) { return 0.0; }
  return x[((k / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + m % p.IC];
}

/// Element (k, n) of B, or 0 outside it and past end.
fn elementB(end: u32, k: u32, n: u32) -> f32 {
  if (k >= end || n >= params.OC) { return 0.0; }
  return dOut[k * params.OC + n];
}

fn store(split: u32, m: u32, n: u32, value: f32) {
  let rows = params.KH * params.KW * params.IC;
  if (m >= rows || n >= params.OC) { return; }
  let index = m * params.OC + n;
  if (params.splits == 1) { dWeight[index] = value; } else { partials[split * rows * params.OC + index] = value; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let gemmM = params.KH * params.KW * params.IC;
  let gemmN = params.OC;
  let gemmK = params.N * params.OH * params.OW;
  let rows = (gemmM + BM - 1) / BM;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns % rows * BM;
  let split = tile / (columns * rows);
  if (split >= params.splits) { return; } // the whole workgroup does
  let splitK = (gemmK + params.splits - 1) / params.splits;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
  let row = local / (BN / TN) * TM;
  let column = local % (BN / TN) * TN;

  var acc: array<array<f32, TN>, TM>;
  for (var k0 = start; k0 < end; k0 += BK) {
    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(end, m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(end, k0 + i / BN, n0 + i % BN); }
    workgroupBarrier(); // the tiles are whole
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<array<f32, TN>, TM>();
    for (var k = 0u; k < BK; k++) {
      var b: array<f32, TN>;
      for (var c = 0u; c < TN; c++) { b[c] = Bs[k * BN + column + c]; }
      for (var r = 0u; r < TM; r++) {
        let a = As[(row + r) * BK + k];
        for (var c = 0u; c < TN; c++) { part[r][c] += a * b[c]; }
      }
    }
    for (var r = 0u; r < TM; r++) {
      for (var c = 0u; c < TN; c++) { acc[r][c] += part[r][c]; }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  for (var r = 0u; r < TM; r++) {
    for (var c = 0u; c < TN; c++) { store(split, m0 + row + r, n0 + column + c, acc[r][c]); }
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

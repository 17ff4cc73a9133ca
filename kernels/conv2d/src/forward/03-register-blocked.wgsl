// conv2d forward, rung 03: tiles in workgroup memory, a block of sums in registers
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   workgroup -> BM x BN tile of out; invocation -> TM x TN block of it
// Traffic   per K step (BM + BN) * BK loads for BM*BN*BK multiply-adds: 16 FLOP/B; TM + TN reads of
//           workgroup memory for TM*TN
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM x TN each)
// Change    02 -> 03: an invocation keeps TM x TN = 4 x 4 sums in registers, was 1, so a value read from workgroup
//           memory feeds 4 multiply-adds, was 1; tiles are 64 x 64, were 16 x 16, so a loaded value feeds 64, was 16
// Expect    several times rung 02, whose multiply-adds each wait for two reads of workgroup memory
// Edges     any shape; elements outside A and B count 0, sums outside out are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 64u;
const BN = 64u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const TM = 4u;
const TN = 4u;
const WORKGROUP = 256u; // BM / TM * BN / TN

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

var<workgroup> As: array<f32, BM * BK>;
var<workgroup> Bs: array<f32, BK * BN>;

/// Element (m, k) of A: an input pixel's channel, or 0 outside x.
fn elementA(m: u32, k: u32) -> f32 {
  let p = params;
  let ih = m / p.OW % p.OH * p.stride + k / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = m % p.OW * p.stride + k / p.IC % p.KW - p.padding;
  if (m >= p.N * p.OH * p.OW || k >= p.KH * p.KW * p.IC || ih >= p.IH || iw >= p.IW) { return 0.0; }
  return x[((m / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + k % p.IC];
}

/// Element (k, n) of B, or 0 outside it.
fn elementB(k: u32, n: u32) -> f32 {
  if (k >= params.KH * params.KW * params.IC || n >= params.OC) { return 0.0; }
  return weight[k * params.OC + n];
}

fn store(m: u32, n: u32, value: f32) {
  if (m < params.N * params.OH * params.OW && n < params.OC) { out[m * params.OC + n] = value; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let gemmM = params.N * params.OH * params.OW;
  let gemmN = params.OC;
  let gemmK = params.KH * params.KW * params.IC;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let row = local / (BN / TN) * TM;
  let column = local % (BN / TN) * TN;

  var acc: array<array<f32, TN>, TM>;
  for (var k0 = 0u; k0 < gemmK; k0 += BK) {
    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(k0 + i / BN, n0 + i % BN); }
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
    for (var c = 0u; c < TN; c++) { store(m0 + row + r, n0 + column + c, acc[r][c]); }
  }
}

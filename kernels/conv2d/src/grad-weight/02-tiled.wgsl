// conv2d gradient of the weight, rung 02: implicit GEMM by tiles in workgroup memory
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC]; f32, dense
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   workgroup -> BM x BN tile of dWeight; invocation -> one element of it
// Traffic   per K step (BM + BN) * BK loads for BM*BN*BK multiply-adds: 4 FLOP/B; each reads workgroup memory twice
// Resources 2 KiB workgroup memory; 256 invocations a workgroup; 2 sums in registers (acc and part)
// Change    01 -> 02: 256 invocations share a 16 x 16 tile of dWeight, and bring what it takes of x and dOut into
//           workgroup memory, 16 k's a step: a loaded value feeds 16 multiply-adds, was 1
// Expect    on a GPU a multiple of rung 01, until workgroup memory is what limits; on a CPU workgroup memory is no
//           nearer than any other and each barrier suspends every invocation, so it loses there
// Edges     any shape; elements outside A and B count 0, sums outside dWeight are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 16u;
const BN = 16u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const WORKGROUP = 256u; // BM * BN

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<f32>;

var<workgroup> As: array<f32, BM * BK>;
var<workgroup> Bs: array<f32, BK * BN>;

/// Element (m, k) of A: the channel of the input pixel that output pixel k meets at m's tap, or 0 outside x.
fn elementA(m: u32, k: u32) -> f32 {
  let p = params;
  let ih = k / p.OW % p.OH * p.stride + m / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = k % p.OW * p.stride + m / p.IC % p.KW - p.padding;
  if (m >= p.KH * p.KW * p.IC || k >= p.N * p.OH * p.OW || ih >= p.IH || iw >= p.IW) { return 0.0; }
  return x[((k / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + m % p.IC];
}

/// Element (k, n) of B, or 0 outside it.
fn elementB(k: u32, n: u32) -> f32 {
  if (k >= params.N * params.OH * params.OW || n >= params.OC) { return 0.0; }
  return dOut[k * params.OC + n];
}

fn store(m: u32, n: u32, value: f32) {
  if (m < params.KH * params.KW * params.IC && n < params.OC) { dWeight[m * params.OC + n] = value; }
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
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let row = local / BN;
  let column = local % BN;

  var acc = 0.0;
  for (var k0 = 0u; k0 < gemmK; k0 += BK) {
    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(k0 + i / BN, n0 + i % BN); }
    workgroupBarrier(); // the tiles are whole
    var part = 0.0;
    for (var k = 0u; k < BK; k++) { part += As[row * BK + k] * Bs[k * BN + column]; }
    acc += part;
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  store(m0 + row, n0 + column, acc);
}

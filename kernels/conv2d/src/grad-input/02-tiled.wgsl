// conv2d gradient of the input, rung 02: implicit GEMM by tiles in workgroup memory
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   workgroup -> BM x BN tile of dX; invocation -> one element of it
// Traffic   per K step (BM + BN) * BK loads for BM*BN*BK multiply-adds: 4 FLOP/B; each reads workgroup memory twice
// Resources 2 KiB workgroup memory; 256 invocations a workgroup; 2 sums in registers (acc and part)
// Change    01 -> 02: 256 invocations share a 16 x 16 tile of dX, and bring what it takes of dOut and weight into
//           workgroup memory, 16 k's a step: a loaded value feeds 16 multiply-adds, was 1. Rows are sorted by stride
//           phase, so that a tile's rows meet the same taps
// Expect    on a GPU a multiple of rung 01, until workgroup memory is what limits; on a CPU workgroup memory is no
//           nearer than any other and each barrier suspends every invocation, so it loses there. With a stride no tap
//           is tried in vain
// Edges     any shape; elements outside A and B count 0, sums outside dX are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 16u;
const BN = 16u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const WORKGROUP = 256u; // BM * BN

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

var<workgroup> As: array<f32, BM * BK>;
var<workgroup> Bs: array<f32, BK * BN>;

/// One of the stride^2 products: rows are the pixels (h*stride + offsetH, w*stride + offsetW) of dX, and the taps they
/// meet are kh0, kh0 + stride, ... and kw0, kw0 + stride, ...
struct Phase {
  offsetH: u32, offsetW: u32, kh0: u32, kw0: u32, tapsW: u32,
  height: u32, width: u32, // in pixels of the phase
  gemmM: u32, gemmK: u32,
}

fn phaseOf(index: u32) -> Phase {
  let p = params;
  var phase: Phase;
  phase.offsetH = index / p.stride;
  phase.offsetW = index % p.stride;
  phase.kh0 = (phase.offsetH + p.padding) % p.stride;
  phase.kw0 = (phase.offsetW + p.padding) % p.stride;
  phase.tapsW = (max(p.KW, phase.kw0) - phase.kw0 + p.stride - 1) / p.stride;
  phase.height = (p.IH + p.stride - 1) / p.stride;
  phase.width = (p.IW + p.stride - 1) / p.stride;
  phase.gemmM = p.N * phase.height * phase.width;
  phase.gemmK = (max(p.KH, phase.kh0) - phase.kh0 + p.stride - 1) / p.stride * phase.tapsW * p.OC;
  return phase;
}

/// Element (m, k) of A: an output pixel's channel, or 0 outside dOut.
fn elementA(phase: Phase, m: u32, k: u32) -> f32 {
  let p = params;
  if (m >= phase.gemmM || k >= phase.gemmK) { return 0.0; }
  let tap = k / p.OC;
  let n = m / (phase.height * phase.width);
  let oh = m / phase.width % phase.height + (phase.offsetH + p.padding - phase.kh0) / p.stride - tap / phase.tapsW;
  let ow = m % phase.width + (phase.offsetW + p.padding - phase.kw0) / p.stride - tap % phase.tapsW;
  if (oh >= p.OH || ow >= p.OW) { return 0.0; } // above the image it wraps to a huge number
  return dOut[((n * p.OH + oh) * p.OW + ow) * p.OC + k % p.OC];
}

/// Element (k, n) of B, or 0 outside it.
fn elementB(phase: Phase, k: u32, n: u32) -> f32 {
  let p = params;
  if (k >= phase.gemmK || n >= p.IC) { return 0.0; }
  let tap = k / p.OC;
  let kh = phase.kh0 + tap / phase.tapsW * p.stride;
  let kw = phase.kw0 + tap % phase.tapsW * p.stride;
  return weight[((kh * p.KW + kw) * p.IC + n) * p.OC + k % p.OC];
}

fn store(phase: Phase, m: u32, n: u32, value: f32) {
  let p = params;
  let image = m / (phase.height * phase.width);
  let ih = m / phase.width % phase.height * p.stride + phase.offsetH;
  let iw = m % phase.width * p.stride + phase.offsetW;
  if (m >= phase.gemmM || n >= p.IC || ih >= p.IH || iw >= p.IW) { return; }
  dX[((image * p.IH + ih) * p.IW + iw) * p.IC + n] = value;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let gemmN = params.IC;
  let rows = (phaseOf(0).gemmM + BM - 1) / BM;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns % rows * BM;
  let phase = phaseOf(tile / (columns * rows));
  if (phase.offsetH >= params.stride) { return; } // the whole workgroup does
  let row = local / BN;
  let column = local % BN;

  var acc = 0.0;
  for (var k0 = 0u; k0 < phase.gemmK; k0 += BK) {
    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(phase, m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(phase, k0 + i / BN, n0 + i % BN); }
    workgroupBarrier(); // the tiles are whole
    var part = 0.0;
    for (var k = 0u; k < BK; k++) { part += As[row * BK + k] * Bs[k * BN + column]; }
    acc += part;
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  store(phase, m0 + row, n0 + column, acc);
}

// conv2d gradient of the input, rung 03: tiles in workgroup memory, a block of sums in registers
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   workgroup -> BM x BN tile of dX; invocation -> TM x TN block of it
// Traffic   per K step (BM + BN) * BK loads for BM*BN*BK multiply-adds: 16 FLOP/B; TM + TN reads of
//           workgroup memory for TM*TN
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM x TN each)
// Change    02 -> 03: an invocation keeps TM x TN = 4 x 4 sums in registers, was 1, so a value read from workgroup
//           memory feeds 4 multiply-adds, was 1; tiles are 64 x 64, were 16 x 16, so a loaded value feeds 64, was 16
// Expect    several times rung 02, whose multiply-adds each wait for two reads of workgroup memory
// Edges     any shape; elements outside A and B count 0, sums outside dX are dropped
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
  let row = local / (BN / TN) * TM;
  let column = local % (BN / TN) * TN;

  var acc: array<array<f32, TN>, TM>;
  for (var k0 = 0u; k0 < phase.gemmK; k0 += BK) {
    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(phase, m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(phase, k0 + i / BN, n0 + i % BN); }
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
    for (var c = 0u; c < TN; c++) { store(phase, m0 + row + r, n0 + column + c, acc[r][c]); }
  }
}

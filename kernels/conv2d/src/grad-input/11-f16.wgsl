// conv2d gradient of the input, rung 11: halves in memory, f32 sums
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC];
//           f32, dense, bound as vec4f; dOutHalf [N,OH,OW,OC] and weightHalf [KH,KW,IC,OC] in f16
//           dOut, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   halve: invocation -> 4 elements of dOut and of weight
//           main: workgroup -> BM x BN tile of dX; invocation -> TM x 4 block of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; TM + 4 reads of
//           8 bytes of workgroup memory for 16*TM; the operands are read once more and written as halves
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM vectors each)
//           and the PA + PB = 2 vectors of halves of the next step
// Change    05 -> 11: a first pass rounds both operands to f16; tiles hold halves, products and sums are f32
// Expect    half of rung 05's traffic: a gain where memory limits. Each operand is off by up to 2^-10 of itself, and
//           beyond 65504 it overflows, so this rung is never chosen by itself
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped
// Needs     shader-f16.  Defined by ../reference.ts
enable f16;

const BM = 64u;
const BN = 64u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const TM = 4u;
const WORKGROUP = 256u; // BM / TM * BN / 4
const COPIES = 1u; // 0 where dOut is stored as f16: then read where it lies, not copied
const PA = 1u; // vectors of A that an invocation fetches in a step: BM * BK / 4 / WORKGROUP
const PB = 1u; // and of B: BK * BN / 4 / WORKGROUP

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dOutHalf: array<vec4<f16>>;
@group(0) @binding(5) var<storage, read_write> weightHalf: array<vec4<f16>>;

var<workgroup> As: array<array<vec4<f16>, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4<f16>, BK * BN / 4>, 2>;

@compute @workgroup_size(WORKGROUP)
fn halve(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index < params.KH * params.KW * params.IC * params.OC / 4) { weightHalf[index] = vec4<f16>(weight[index]); }
  if (COPIES == 0u) { return; }
  if (index < params.N * params.OH * params.OW * params.OC / 4) { dOutHalf[index] = vec4<f16>(dOut[index]); }
}

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

/// Elements (m, k .. k+3) of A: four channels of an output pixel, or 0 outside dOut.
fn vectorA(phase: Phase, m: u32, k: u32) -> vec4<f16> {
  let p = params;
  if (m >= phase.gemmM || k >= phase.gemmK) { return vec4<f16>(); }
  let tap = k / p.OC;
  let n = m / (phase.height * phase.width);
  let oh = m / phase.width % phase.height + (phase.offsetH + p.padding - phase.kh0) / p.stride - tap / phase.tapsW;
  let ow = m % phase.width + (phase.offsetW + p.padding - phase.kw0) / p.stride - tap % phase.tapsW;
  if (oh >= p.OH || ow >= p.OW) { return vec4<f16>(); } // above the image it wraps to a huge number
  let at = (((n * p.OH + oh) * p.OW + ow) * p.OC + k % p.OC) / 4;
  if (COPIES == 0u) { return vec4<f16>(dOut[at]); }
  return dOutHalf[at];
}

/// Elements (k .. k+3, n) of B, or 0 outside it.
fn vectorB(phase: Phase, k: u32, n: u32) -> vec4<f16> {
  let p = params;
  if (k >= phase.gemmK || n >= p.IC) { return vec4<f16>(); }
  let tap = k / p.OC;
  let kh = phase.kh0 + tap / phase.tapsW * p.stride;
  let kw = phase.kw0 + tap % phase.tapsW * p.stride;
  return weightHalf[(((kh * p.KW + kw) * p.IC + n) * p.OC + k % p.OC) / 4];
}

fn store(phase: Phase, m: u32, n: u32, value: vec4f) {
  let p = params;
  let image = m / (phase.height * phase.width);
  let ih = m / phase.width % phase.height * p.stride + phase.offsetH;
  let iw = m % phase.width * p.stride + phase.offsetW;
  if (m >= phase.gemmM || n >= p.IC || ih >= p.IH || iw >= p.IW) { return; }
  dX[(((image * p.IH + ih) * p.IW + iw) * p.IC + n) / 4] = value;
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
  let row = local / (BN / 4) * TM;
  let column = local % (BN / 4) * 4;

  var acc: array<vec4f, TM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) {
    let i = j * WORKGROUP + local;
    nextA[j] = vectorA(phase, m0 + i / (BK / 4), i % (BK / 4) * 4);
  }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(phase, i % (BK / 4) * 4, n0 + i / (BK / 4));
  }
  var buffer = 0u;
  for (var k0 = BK; k0 < phase.gemmK + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) { As[buffer][j * WORKGROUP + local] = nextA[j]; }
    for (var j = 0u; j < PB; j++) { Bs[buffer][j * WORKGROUP + local] = nextB[j]; }
    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      nextA[j] = vectorA(phase, m0 + i / (BK / 4), k0 + i % (BK / 4) * 4); // past K: 0
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(phase, k0 + i % (BK / 4) * 4, n0 + i / (BK / 4));
    }
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, TM>();
    for (var k = 0u; k < BK; k += 4) {
      var b: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { b[u] = vec4f(Bs[buffer][((column + u) * BK + k) / 4]); }
      for (var r = 0u; r < TM; r++) { part[r] += vec4f(As[buffer][((row + r) * BK + k) / 4]) * b; }
    }
    for (var r = 0u; r < TM; r++) { acc[r] += part[r]; }
    buffer = 1 - buffer;
  }

  for (var r = 0u; r < TM; r++) { store(phase, m0 + row + r, n0 + column, acc[r]); }
}

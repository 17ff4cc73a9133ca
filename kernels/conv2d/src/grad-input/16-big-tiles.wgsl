// conv2d gradient of the input, rung 16: tiles of 128 x 128, 8 x 8 outputs an invocation
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   workgroup -> BM x BN tile of dX; invocation -> TM rows of it x TN / 4 vectors of columns, BN * 4 / TN apart
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, and TM vectors of A
// Change    04 -> 16: tiles of 128 x 128, was 64 x 64, 8 x 8 sums an invocation, was 4 x 4, in two vectors that lie
//           half a tile apart; a vector of A waits in registers while its four k's meet their columns, which a
//           transpose turns to four multiply-adds a sum, was a dot product and an addition; products add up in one sum
//           along K, for a second set of sums would be registers that occupancy needs more
// Expect    on a GPU half of rung 04's loads and of its reads of workgroup memory, which limit it, for each multiply-
//           add: SGEMM_CUDA's table gives the step from 8 to 8 x 8 results a thread as 1.9 times. A tile has four times
//           the area, so where dX has few the device is not filled. Right on an H200, not timed there
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 16u;
const TM = 8u;
const TN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

var<workgroup> As: array<vec4f, BM * BK / 4>;
var<workgroup> Bs: array<vec4f, BK * BN / 4>;

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
fn vectorA(phase: Phase, m: u32, k: u32) -> vec4f {
  let p = params;
  if (m >= phase.gemmM || k >= phase.gemmK) { return vec4f(); }
  let tap = k / p.OC;
  let n = m / (phase.height * phase.width);
  let oh = m / phase.width % phase.height + (phase.offsetH + p.padding - phase.kh0) / p.stride - tap / phase.tapsW;
  let ow = m % phase.width + (phase.offsetW + p.padding - phase.kw0) / p.stride - tap % phase.tapsW;
  if (oh >= p.OH || ow >= p.OW) { return vec4f(); } // above the image it wraps to a huge number
  return dOut[(((n * p.OH + oh) * p.OW + ow) * p.OC + k % p.OC) / 4];
}

/// Elements (k .. k+3, n) of B, or 0 outside it.
fn vectorB(phase: Phase, k: u32, n: u32) -> vec4f {
  let p = params;
  if (k >= phase.gemmK || n >= p.IC) { return vec4f(); }
  let tap = k / p.OC;
  let kh = phase.kh0 + tap / phase.tapsW * p.stride;
  let kw = phase.kw0 + tap % phase.tapsW * p.stride;
  return weight[(((kh * p.KW + kw) * p.IC + n) * p.OC + k % p.OC) / 4];
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
  let row = local / (BN / TN) * TM;
  let column = local % (BN / TN) * 4; // of the first of its vectors

  var acc: array<array<vec4f, TM>, TN / 4>;
  for (var k0 = 0u; k0 < phase.gemmK; k0 += BK) {
    for (var i = local; i < BM * BK / 4; i += WORKGROUP) {
      As[i] = vectorA(phase, m0 + i / (BK / 4), k0 + i % (BK / 4) * 4);
    }
    for (var i = local; i < BK * BN / 4; i += WORKGROUP) {
      Bs[i] = vectorB(phase, k0 + i % (BK / 4) * 4, n0 + i / (BK / 4));
    }
    workgroupBarrier(); // the tiles are whole
    for (var k = 0u; k < BK; k += 4) {
      var a: array<vec4f, TM>;
      for (var r = 0u; r < TM; r++) { a[r] = As[((row + r) * BK + k) / 4]; }
      for (var j = 0u; j < TN / 4; j++) {
        var b: mat4x4f; // a column for each ic
        for (var u = 0u; u < 4; u++) { b[u] = Bs[((j * (BN * 4 / TN) + column + u) * BK + k) / 4]; }
        b = transpose(b); // a column for each k
        for (var u = 0u; u < 4; u++) {
          for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b[u]; }
        }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) { store(phase, m0 + row + r, n0 + j * (BN * 4 / TN) + column, acc[j][r]); }
  }
}

// conv2d gradient of the input, rung 06: implicit GEMM in registers alone, rows sorted by stride phase
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   invocation -> TM rows x TN channels of dX, its sums in registers; neighbours differ in channels
// Traffic   TM + TN loads for TM*TN multiply-adds: 2 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 128 sums in registers (acc and part, TM x TN each)
// Change    01 -> 06: an invocation sums TM x TN = 8 x 8 elements of dX, was 1, so that a loaded value feeds 8
//           multiply-adds, was 1: 2 FLOP/B, was 0.25; rows are sorted by stride phase, as in 02, so that a block's rows
//           meet the same taps; taps and channels are one loop over K, summed in blocks of KB, was tap by tap
// Expect    several times rung 01, and on a CPU more than 02 to 05; with a stride no tap is tried in vain. Neighbouring
//           lanes read weight TN * OC words apart
// Edges     any shape; rows outside dX are dropped, taps outside dOut count 0, channels past IC are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const TM = 8u;
const TN = 8u;
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let height = (p.IH + p.stride - 1) / p.stride; // of one phase
  let width = (p.IW + p.stride - 1) / p.stride;
  let gemmM = p.N * height * width;
  let gemmN = p.IC;
  let columns = (gemmN + TN - 1) / TN;
  let blocks = (gemmM + TM - 1) / TM;
  let block = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let n0 = block % columns * TN;
  let m0 = block / columns % blocks * TM;
  let phase = block / (columns * blocks);
  if (phase >= p.stride * p.stride) { return; }

  // Taps kh0, kh0 + stride, ... meet this phase's rows, and likewise the columns.
  let phaseH = phase / p.stride;
  let phaseW = phase % p.stride;
  let kh0 = (phaseH + p.padding) % p.stride;
  let kw0 = (phaseW + p.padding) % p.stride;
  let tapsH = (max(p.KH, kh0) - kh0 + p.stride - 1) / p.stride;
  let tapsW = (max(p.KW, kw0) - kw0 + p.stride - 1) / p.stride;
  let gemmK = tapsH * tapsW * p.OC;

  // For each row: the output pixel it meets at the phase's first tap, and its offset in dOut.
  var bottom: array<u32, TM>;
  var right: array<u32, TM>;
  var corner: array<u32, TM>;
  for (var r = 0u; r < TM; r++) {
    let m = m0 + r;
    let n = m / (height * width);
    bottom[r] = m / width % height + (phaseH + p.padding - kh0) / p.stride;
    right[r] = m % width + (phaseW + p.padding - kw0) / p.stride;
    corner[r] = ((n * p.OH + bottom[r]) * p.OW + right[r]) * p.OC;
    if (m >= gemmM) { bottom[r] = 0x80000000u; }
  }

  var acc: array<array<f32, TN>, TM>;
  var tapH = 0u;
  var tapW = 0u;
  var oc = 0u;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<array<f32, TN>, TM>();
    for (var k = k0; k < min(k0 + KB, gemmK); k++) {
      let tap = (tapH * p.OW + tapW) * p.OC;
      let row = ((kh0 + tapH * p.stride) * p.KW + kw0 + tapW * p.stride) * p.IC;
      var b: array<f32, TN>;
      for (var c = 0u; c < TN; c++) { b[c] = weight[(row + min(n0 + c, gemmN - 1)) * p.OC + oc]; }
      for (var r = 0u; r < TM; r++) {
        var a = 0.0;
        if (bottom[r] - tapH < p.OH && right[r] - tapW < p.OW) { a = dOut[corner[r] - tap + oc]; }
        for (var c = 0u; c < TN; c++) { part[r][c] += a * b[c]; }
      }
      oc++;
      if (oc == p.OC) { oc = 0; tapW++; }
      if (tapW == tapsW) { tapW = 0; tapH++; }
    }
    for (var r = 0u; r < TM; r++) {
      for (var c = 0u; c < TN; c++) { acc[r][c] += part[r][c]; }
    }
  }

  for (var r = 0u; r < TM; r++) {
    let m = m0 + r;
    let n = m / (height * width);
    let ih = m / width % height * p.stride + phaseH;
    let iw = m % width * p.stride + phaseW;
    if (m >= gemmM || ih >= p.IH || iw >= p.IW) { continue; }
    for (var c = 0u; c < TN; c++) {
      if (n0 + c < gemmN) { dX[((n * p.IH + ih) * p.IW + iw) * gemmN + n0 + c] = acc[r][c]; }
    }
  }
}

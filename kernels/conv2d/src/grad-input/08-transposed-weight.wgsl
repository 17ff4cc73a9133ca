// conv2d gradient of the input, rung 08: lane-broadcast implicit GEMM on a transposed copy of weight
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], transposed [KH,KW,OC,IC], dX [N,IH,IW,IC]; f32, dense, bound as
//           vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   transpose_weight: invocation -> 4x4 block of weight
//           main: workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows; lane
//           -> TM rows x 4 channels of dX, and the loads of TM/LN of those rows for its LN neighbours
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B, and 8 with TM = 32; weight is copied once
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, 16 vectors each), 256
//           with TM = 32; transpose_weight: 64 invocations a workgroup, a 4x4 block
// Change    07 -> 08: a first pass swaps ic and oc in weight, so neighbouring lanes read neighbouring vectors; rung 07
//           reads 4 rows for each lane, OC words apart, and a step of 8 lanes touches 32 cache lines, here 4 to 8
// Expect    more than rung 07 where rows are many enough to pay for the copy, about a thousand (../select.ts), and most
//           where OC is a large power of two, whose rows share their cache sets; less where rows are few
// Edges     IC and OC multiples of 4; taps outside dOut count 0, rows outside dX and channels past IC are dropped
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u; // or 32: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const WORKGROUP = 64u; // of `transpose_weight`
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const OUTSIDE = 0xffffffffu; // a row without a pixel of dX

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> transposed: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dX: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn transpose_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let ics = params.IC / 4; // in vectors
  let ocs = params.OC / 4;
  let block = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let tap = block / (ics * ocs);
  if (tap >= params.KH * params.KW) { return; }
  let oc = block / ics % ocs;
  let ic = block % ics;
  var square: mat4x4f; // a column for each ic
  for (var u = 0u; u < 4; u++) { square[u] = weight[(tap * params.IC + ic * 4 + u) * ocs + oc]; }
  square = transpose(square);
  for (var u = 0u; u < 4; u++) { transposed[(tap * params.OC + oc * 4 + u) * ics + ic] = square[u]; }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let height = (p.IH + p.stride - 1) / p.stride; // of one phase
  let width = (p.IW + p.stride - 1) / p.stride;
  let gemmM = p.N * height * width;
  let gemmN = p.IC / 4; // in vectors
  let columns = (gemmN + LN - 1) / LN;
  let blocks = (gemmM + LANES / LN * TM - 1) / (LANES / LN * TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let n0 = tile % columns * LN + ln;
  let m0 = (tile / columns % blocks * (LANES / LN) + lane / LN) * TM;
  let phase = tile / (columns * blocks);
  if (phase >= p.stride * p.stride) { return; }

  // Taps kh0, kh0 + stride, ... meet this phase's rows, and likewise the columns.
  let phaseH = phase / p.stride;
  let phaseW = phase % p.stride;
  let kh0 = (phaseH + p.padding) % p.stride;
  let kw0 = (phaseW + p.padding) % p.stride;
  let tapsH = (max(p.KH, kh0) - kh0 + p.stride - 1) / p.stride;
  let tapsW = (max(p.KW, kw0) - kw0 + p.stride - 1) / p.stride;
  let gemmK = tapsH * tapsW * p.OC;

  // For each row this lane loads: the output pixel it meets at the phase's first tap, its offset in dOut, and where the
  // row itself lies in dX. Divisions are slow on a CPU, so each is done by one lane.
  var bottom: array<u32, TM / LN>;
  var right: array<u32, TM / LN>;
  var corner: array<u32, TM / LN>;
  var place: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) {
    let m = m0 + i * LN + ln;
    let n = m / (height * width);
    let h = m / width - n * height;
    let w = m % width;
    bottom[i] = h + (phaseH + p.padding - kh0) / p.stride;
    right[i] = w + (phaseW + p.padding - kw0) / p.stride;
    corner[i] = ((n * p.OH + bottom[i]) * p.OW + right[i]) * (p.OC / 4);
    let ih = h * p.stride + phaseH;
    let iw = w * p.stride + phaseW;
    place[i] = select(OUTSIDE, (n * p.IH + ih) * p.IW + iw, m < gemmM && ih < p.IH && iw < p.IW);
    if (m >= gemmM) { bottom[i] = 0x80000000u; }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  var tapH = 0u;
  var tapW = 0u;
  var oc = 0u;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      let tap = (tapH * p.OW + tapW) * (p.OC / 4);
      let row = ((kh0 + tapH * p.stride) * p.KW + kw0 + tapW * p.stride) * p.OC + oc;
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) {
        a[i] = vec4f();
        if (bottom[i] - tapH < p.OH && right[i] - tapW < p.OW) { a[i] = dOut[corner[i] - tap + oc / 4]; }
      }
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = transposed[(row + u) * gemmN + min(n0, gemmN - 1)]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * subgroupShuffle(a[(16 + r) / LN], first + r % LN); }
      }
      oc += 4;
      if (oc == p.OC) { oc = 0; tapW++; }
      if (tapW == tapsW) { tapW = 0; tapH++; }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    let pixel = subgroupShuffle(place[r / LN], first + r % LN);
    if (pixel != OUTSIDE && n0 < gemmN) { dX[pixel * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      let pixel = subgroupShuffle(place[(16 + r) / LN], first + r % LN);
      if (pixel != OUTSIDE && n0 < gemmN) { dX[pixel * gemmN + n0] = accBelow[r]; }
    }
  }
}

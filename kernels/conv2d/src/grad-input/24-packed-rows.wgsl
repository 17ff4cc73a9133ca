// conv2d gradient of the input, rung 24: lane-broadcast product of a copy of A whose rows lie side by side for a tile
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC], rows [stride^2,ceil(M/TM),K/4,TM,4] with K of the
//           phase that has the most taps; f32, dense, bound as vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC; A is gathered from dOut once
// Mapping   pack_gradient: workgroup -> PIECE vectors of one tap of LANES rows of its phase, a row to a lane;
//           main: workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows; lane
//           -> TM rows x 4 channels of dX, and the loads of TM/LN of those rows for its LN neighbours
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B, and 8 with TM = 32; rows, KH*KW times dOut,
//           are written once and read once for 4*LN channels
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, 16 vectors each), 256
//           with TM = 32
// Change    07 -> 24: a first pass copies A, so that what the lanes read at a step is one stretch of memory and the next
//           step's follows it: no test in the inner loop, and only weight's rows lie OC words apart, no longer dOut's
//           beside them; tiles go down the rows first, so that they share their columns of weight
// Expect    most where OC is a large power of two: the 64 rows that 07 reads at a step then share a few sets of the first
//           cache, eight lines to a set, and each line is fetched again for each of the four vectors that are read of
//           it; a loss where IC is small, as the copy serves IC columns. 08 copies weight instead, and gains where rows
//           are many
// Edges     IC and OC multiples of 4; taps outside dOut count 0, rows outside dX and channels past IC are dropped
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u; // or 32: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const PIECE = 64u; // vectors of a row that a workgroup of `pack_gradient` takes
const OUTSIDE = 0xffffffffu; // a row without a pixel of dX

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dX: array<vec4f>;

/// The taps that the pixels of a phase meet: kh0, kh0 + stride, ..., and likewise the columns.
struct Taps { kh0: u32, kw0: u32, height: u32, width: u32 }

fn tapsOf(phase: u32) -> Taps {
  let p = params;
  let kh0 = (phase / p.stride + p.padding) % p.stride;
  let kw0 = (phase % p.stride + p.padding) % p.stride;
  return Taps(
    kh0,
    kw0,
    (max(p.KH, kh0) - kh0 + p.stride - 1) / p.stride,
    (max(p.KW, kw0) - kw0 + p.stride - 1) / p.stride,
  );
}

/// Rows of a phase, its pixels.
fn phaseRows() -> u32 {
  return params.N * ((params.IH + params.stride - 1) / params.stride) * ((params.IW + params.stride - 1) / params.stride);
}

/// Where a block of TM rows of a phase begins in `rows`, which has room for the most taps a phase can have.
fn panelOf(phase: u32, block: u32) -> u32 {
  let p = params;
  let most = ((p.KH + p.stride - 1) / p.stride) * ((p.KW + p.stride - 1) / p.stride);
  return (phase * ((phaseRows() + TM - 1) / TM) + block) * most * (p.OC / 4) * TM;
}

@compute @workgroup_size(LANES)
fn pack_gradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let ocs = p.OC / 4; // in vectors
  let pieces = (ocs + PIECE - 1) / PIECE;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let tap = index / pieces % (p.KH * p.KW);
  let m = index / (pieces * p.KH * p.KW) * LANES + lane;
  let kh = tap / p.KW;
  let kw = tap % p.KW;
  // The phase whose pixels meet this tap: ih + padding - kh is a multiple of stride.
  let phaseH = (kh + p.stride - p.padding % p.stride) % p.stride;
  let phaseW = (kw + p.stride - p.padding % p.stride) % p.stride;
  let phase = phaseH * p.stride + phaseW;
  let taps = tapsOf(phase);
  if (m >= phaseRows()) { return; }
  let height = (p.IH + p.stride - 1) / p.stride;
  let width = (p.IW + p.stride - 1) / p.stride;
  let ih = m / width % height * p.stride + phaseH + p.padding;
  let iw = m % width * p.stride + phaseW + p.padding;
  let oh = (ih - kh) / p.stride;
  let ow = (iw - kw) / p.stride;
  let inside = ih >= kh && iw >= kw && oh < p.OH && ow < p.OW;
  let pixel = ((m / (height * width) * p.OH + oh) * p.OW + ow) * ocs;
  let row = panelOf(phase, m / TM) + (kh / p.stride * taps.width + kw / p.stride) * ocs * TM + m % TM;
  let first = index % pieces * PIECE;
  for (var oc = first; oc < min(first + PIECE, ocs); oc++) {
    var vector = vec4f();
    if (inside) { vector = dOut[pixel + oc]; }
    rows[row + oc * TM] = vector;
  }
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
  let gemmM = phaseRows();
  let gemmN = p.IC / 4; // in vectors
  let columns = (gemmN + LN - 1) / LN;
  let blocks = (gemmM + LANES / LN * TM - 1) / (LANES / LN * TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let n0 = tile / blocks % columns * LN + ln;
  let block = tile % blocks * (LANES / LN) + lane / LN;
  let m0 = block * TM;
  let phase = tile / (columns * blocks);
  if (phase >= p.stride * p.stride) { return; }

  let taps = tapsOf(phase);
  let gemmK = taps.height * taps.width * p.OC;
  let panel = panelOf(phase, min(block, (gemmM - 1) / TM)) + ln;

  // Where each row this lane looks after lies in dX. Divisions are slow on a CPU, so each is done by one lane.
  var place: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) {
    let m = m0 + i * LN + ln;
    let n = m / (height * width);
    let ih = (m / width - n * height) * p.stride + phase / p.stride;
    let iw = m % width * p.stride + phase % p.stride;
    place[i] = select(OUTSIDE, (n * p.IH + ih) * p.IW + iw, m < gemmM && ih < p.IH && iw < p.IW);
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
      let row = ((taps.kh0 + tapH * p.stride) * p.KW + taps.kw0 + tapW * p.stride) * p.IC + min(n0, gemmN - 1) * 4;
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) { a[i] = rows[panel + k / 4 * TM + i * LN]; }
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = weight[((row + u) * p.OC + oc) / 4]; }
      for (var r = 0u; r < 16; r++) { part[r] += subgroupShuffle(a[r / LN], first + r % LN) * b; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += subgroupShuffle(a[(16 + r) / LN], first + r % LN) * b; }
      }
      oc += 4;
      if (oc == p.OC) { oc = 0; tapW++; }
      if (tapW == taps.width) { tapW = 0; tapH++; }
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

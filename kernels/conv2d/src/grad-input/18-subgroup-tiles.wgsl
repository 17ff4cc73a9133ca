// conv2d gradient of the input, rung 18: big tiles, the lanes of a subgroup on a piece that is nearly square
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   workgroup -> BM x BN tile of dX; LM x LN neighbouring invocations -> LM*TM rows of it x LN*TN columns;
//           invocation -> TM rows of those, LM apart, x TN / 4 vectors of columns, BN * 4 / TN apart
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN, of which 32 lanes read LM*TM + LN*TN different ones
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, TM vectors of A, PA rows and a
//           place along K
// Change    17 -> 18: 32 lanes compute 4 x 8 blocks of the tile, was 2 x 16, so they read 96 different vectors of
//           workgroup memory for four k's, was 144, and each of them goes to several lanes at once; rows and columns
//           that lanes read at once lie side by side in As and Bs, and the vectors of each are swizzled by an exclusive
//           or, so that no two of them share a bank
// Expect    on a GPU fewer reads of workgroup memory, none of them in conflict, where those of Bs were all in one group
//           of banks: more than the tenth that warp tiles gained in SGEMM_CUDA. Nothing here follows from how wide a
//           subgroup is but the speed: it wants LM*LN lanes of consecutive invocations. 20.0 TFLOPS on an H200 at 3x3,
//           28 x 28 x 128, batch 32, 30.4 with tiles of 64 x 128; rung 05 6.5
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 16u;
const TM = 8u;
const TN = 8u;
const LM = 4u; // LM x LN lanes of a subgroup: 4 x 8 of 32, 8 x 8 of 64
const LN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation loads in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const_assert WORKGROUP * TM * TN == BM * BN && BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

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
  offsetH: u32, offsetW: u32, kh0: u32, kw0: u32, tapsH: u32, tapsW: u32,
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
  phase.tapsH = (max(p.KH, phase.kh0) - phase.kh0 + p.stride - 1) / p.stride;
  phase.tapsW = (max(p.KW, phase.kw0) - phase.kw0 + p.stride - 1) / p.stride;
  phase.height = (p.IH + p.stride - 1) / p.stride;
  phase.width = (p.IW + p.stride - 1) / p.stride;
  phase.gemmM = p.N * phase.height * phase.width;
  phase.gemmK = phase.tapsH * phase.tapsW * p.OC;
  return phase;
}

/// A row of A: the line and column of dOut that its first tap meets, and the lines of the images before its own.
struct Row { h: u32, w: u32, lines: u32 }

fn rowOf(phase: Phase, m: u32) -> Row {
  let p = params;
  if (m >= phase.gemmM) { return Row(1 << 30, 0, 0); } // below every image
  return Row(
    m / phase.width % phase.height + (phase.offsetH + p.padding - phase.kh0) / p.stride,
    m % phase.width + (phase.offsetW + p.padding - phase.kw0) / p.stride,
    m / (phase.height * phase.width) * p.OH,
  );
}

/// A place along K: a tap of the phase and a channel of it.
struct Place { h: u32, w: u32, oc: u32 }

fn placeOf(phase: Phase, k: u32) -> Place {
  let tap = k / params.OC;
  return Place(tap / phase.tapsW, tap % phase.tapsW, k % params.OC);
}

/// The place BK further on.
fn next(phase: Phase, place: Place) -> Place {
  var p = place;
  for (p.oc += BK; p.oc >= params.OC; p.oc -= params.OC) {
    p.w += 1;
    if (p.w == phase.tapsW) { p.w = 0; p.h += 1; }
  }
  return p;
}

/// Four channels of the output pixel that a row meets at a place, or 0 outside dOut.
fn vectorA(phase: Phase, row: Row, place: Place) -> vec4f {
  let p = params;
  let oh = row.h - place.h; // above the image it wraps to a huge number
  let ow = row.w - place.w;
  if (place.h >= phase.tapsH || oh >= p.OH || ow >= p.OW) { return vec4f(); }
  return dOut[(((row.lines + oh) * p.OW + ow) * p.OC + place.oc) / 4];
}

/// Elements (k .. k+3, n) of B at a place, or 0 outside it.
fn vectorB(phase: Phase, place: Place, n: u32) -> vec4f {
  let p = params;
  if (place.h >= phase.tapsH || n >= p.IC) { return vec4f(); }
  let kh = phase.kh0 + place.h * p.stride;
  let kw = phase.kw0 + place.w * p.stride;
  return weight[(((kh * p.KW + kw) * p.IC + n) * p.OC + place.oc) / 4];
}

/// Where vector k / 4 of a row lies in As, and of a column in Bs: those that lanes read at once, of eight rows side by
/// side, are in eight different groups of four banks.
fn swizzled(row: u32, k: u32) -> u32 { return row * (BK / 4) + ((k / 4) ^ (row * (BK / 4) / 8 % (BK / 4))); }

/// The column that line `line` of Bs holds: first the first columns of all vectors, then the second ones.
fn columnOf(line: u32) -> u32 { return line % (BN / 4) * 4 + line / (BN / 4); }

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
  let lane = local % (LM * LN);
  let piece = local / (LM * LN);
  let row = piece / (BN / TN / LN) * (LM * TM) + lane / LN; // the first of its rows
  let column = piece % (BN / TN / LN) * LN + lane % LN; // its first vector of columns

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(phase, m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(phase, local % (BK / 4) * 4); // in each of them

  var acc: array<array<vec4f, TM>, TN / 4>;
  for (var k0 = 0u; k0 < phase.gemmK; k0 += BK) {
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      As[swizzled(i / (BK / 4), i % (BK / 4) * 4)] = vectorA(phase, rowsA[j], place);
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      Bs[swizzled(i / (BK / 4), i % (BK / 4) * 4)] = vectorB(phase, place, n0 + columnOf(i / (BK / 4)));
    }
    place = next(phase, place);
    workgroupBarrier(); // the tiles are whole
    for (var k = 0u; k < BK; k += 4) {
      var a: array<vec4f, TM>;
      for (var r = 0u; r < TM; r++) { a[r] = As[swizzled(row + r * LM, k)]; }
      for (var j = 0u; j < TN / 4; j++) {
        var b: mat4x4f; // a column for each ic
        for (var u = 0u; u < 4; u++) { b[u] = Bs[swizzled(u * (BN / 4) + j * (BN / TN) + column, k)]; }
        b = transpose(b); // a column for each k
        for (var u = 0u; u < 4; u++) {
          for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b[u]; }
        }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) { store(phase, m0 + row + r * LM, n0 + (j * (BN / TN) + column) * 4, acc[j][r]); }
  }
}

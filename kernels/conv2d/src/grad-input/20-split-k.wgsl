// conv2d gradient of the input, rung 20: big tiles, K split over workgroups
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC],
//           partials [splits,N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   main: workgroup -> BM x BN tile of one split's sum; LM x LN neighbouring invocations -> LM*TM rows of it x
//           LN*TN columns; invocation -> TM rows of those, LM apart, x TN / 4 vectors of columns, BN * 4 / TN apart
//           total: invocation -> 4 elements of dX
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN, of which 32 lanes read LM*TM + LN*TN different ones
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, TM vectors of A, PA rows, a
//           place along K and the PA + PB = 2 vectors of the next step; total: 4 sums
// Change    19 -> 20: as in grad-weight K is cut into `splits` of whole steps, each summed by workgroups of its own
//           into `partials`, which `total` adds in order; how many there are follows from the shape and the tile alone
// Expect    on a GPU workgroups for every core where dX has few tiles and K is long (layer3 and layer4 at small
//           batches); splits times dX is written and read once more, so nothing where tiles are many, which is then one
//           split. 20.4 TFLOPS on an H200 at 3x3, 7 x 7 x 512, batch 32; rung 19 8.8
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped;
//           with one split `main` writes dX and `total` does nothing
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 8u;
const TM = 8u;
const TN = 8u;
const LM = 4u; // LM x LN lanes of a subgroup: 4 x 8 of 32, 8 x 8 of 64
const LN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN, and of `total`
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const_assert WORKGROUP * TM * TN == BM * BN && BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dX: array<vec4f>;

var<workgroup> As: array<array<vec4f, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4f, BK * BN / 4>, 2>;

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

fn store(split: u32, phase: Phase, m: u32, n: u32, value: vec4f) {
  let p = params;
  let image = m / (phase.height * phase.width);
  let ih = m / phase.width % phase.height * p.stride + phase.offsetH;
  let iw = m % phase.width * p.stride + phase.offsetW;
  if (m >= phase.gemmM || n >= p.IC || ih >= p.IH || iw >= p.IW) { return; }
  let index = (((image * p.IH + ih) * p.IW + iw) * p.IC + n) / 4;
  let size = p.N * p.IH * p.IW * p.IC / 4;
  if (p.splits == 1) { dX[index] = value; } else { partials[split * size + index] = value; }
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
  let phases = params.stride * params.stride;
  let phase = phaseOf(tile / (columns * rows) % phases);
  let split = tile / (columns * rows * phases);
  if (split >= params.splits) { return; } // the whole workgroup does
  let splitK = ((phase.gemmK + BK - 1) / BK + params.splits - 1) / params.splits * BK;
  let start = split * splitK;
  let end = min(start + splitK, phase.gemmK); // the last splits may have nothing left
  let lane = local % (LM * LN);
  let piece = local / (LM * LN);
  let row = piece / (BN / TN / LN) * (LM * TM) + lane / LN; // the first of its rows
  let column = piece % (BN / TN / LN) * LN + lane % LN; // its first vector of columns

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(phase, m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(phase, start + local % (BK / 4) * 4); // in each of them

  var acc: array<array<vec4f, TM>, TN / 4>;
  var nextA: array<vec4f, PA>;
  var nextB: array<vec4f, PB>;
  for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(phase, rowsA[j], place); }
  for (var j = 0u; j < PB; j++) {
    nextB[j] = vectorB(phase, place, n0 + columnOf((j * WORKGROUP + local) / (BK / 4)));
  }
  var buffer = 0u;
  for (var k0 = start + BK; k0 < end + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      As[buffer][swizzled(i / (BK / 4), i % (BK / 4) * 4)] = nextA[j];
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      Bs[buffer][swizzled(i / (BK / 4), i % (BK / 4) * 4)] = nextB[j];
    }
    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more
    place = next(phase, place);
    for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(phase, rowsA[j], place); } // past K: 0
    for (var j = 0u; j < PB; j++) {
      nextB[j] = vectorB(phase, place, n0 + columnOf((j * WORKGROUP + local) / (BK / 4)));
    }
    for (var k = 0u; k < BK; k += 4) {
      var a: array<vec4f, TM>;
      for (var r = 0u; r < TM; r++) { a[r] = As[buffer][swizzled(row + r * LM, k)]; }
      for (var j = 0u; j < TN / 4; j++) {
        var b: mat4x4f; // a column for each ic
        for (var u = 0u; u < 4; u++) { b[u] = Bs[buffer][swizzled(u * (BN / 4) + j * (BN / TN) + column, k)]; }
        b = transpose(b); // a column for each k
        for (var u = 0u; u < 4; u++) {
          for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b[u]; }
        }
      }
    }
    buffer = 1 - buffer;
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) { store(split, phase, m0 + row + r * LM, n0 + (j * (BN / TN) + column) * 4, acc[j][r]); }
  }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.N * params.IH * params.IW * params.IC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || params.splits == 1) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dX[index] = sum;
}

// conv2d gradient of the input, rung 25: matrix units on big tiles, the next ones fetched meanwhile
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC];
//           f32, dense, bound as vec4f; dOutHalf [N,OH,OW,OC] and weightHalf [KH,KW,IC,OC] in f16
//           dOut, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   halve: invocation -> 4 elements of dOut and of weight
//           main: workgroup -> BM x BN tile of dX; subgroup -> FM x FN matrices of 16 x 16 of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 64 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 28 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers (FM x FN matrices across
//           SUBGROUP lanes), PA rows, a place along K and the PA + PB = 8 vectors of halves of the next step
// Change    12 -> 25: tiles are 128 x 128, were 64 x 64, and a subgroup's 64 x 32, were 32 x 32; rows of A are found
//           once and the next step's vectors wait in registers, as in rung 19; rows of tiles lie 8 halves further
//           apart, so that the lanes that load a matrix meet different banks
// Expect    on a GPU rung 12 waits for its loads, which four matrices a subgroup cannot hide: 3 to 5 times its rate. An
//           H200 gave 1.4: a step of ResNet-50 of 32 images took 45.9 ms on these rungs and 65.9 on those, 36.4 in f32;
//           halves go to workgroup memory one by one, which takes as long as the products
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped
// Needs     chromium-experimental-subgroup-matrix with 16 x 16 x 16 f16 -> f32 matrices, shader-f16, subgroups of
//           SUBGROUP lanes, 28 KiB of workgroup memory.  Defined by ../reference.ts
enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

const BM = 128u;
const BN = 128u;
const BK = 32u;
const FM = 4u;
const FN = 2u;
const SUBGROUP = 32u;
const WORKGROUP = 256u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP
const COPIES = 1u; // 0 where dOut is stored as f16: then read where it lies, not copied
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const PITCH_A = BK + 8; // from a row of a tile to the next
const PITCH_B = BK + 8;
const_assert WORKGROUP / SUBGROUP * FM * FN * 256 == BM * BN;
const_assert BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dOutHalf: array<vec4<f16>>;
@group(0) @binding(5) var<storage, read_write> weightHalf: array<vec4<f16>>;

var<workgroup> As: array<f16, BM * PITCH_A>;
var<workgroup> Bs: array<f16, BN * PITCH_B>;
var<workgroup> sums: array<f32, WORKGROUP / SUBGROUP * 256>; // a 16 x 16 matrix for each subgroup

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
fn vectorA(phase: Phase, row: Row, place: Place) -> vec4<f16> {
  let p = params;
  let oh = row.h - place.h; // above the image it wraps to a huge number
  let ow = row.w - place.w;
  if (place.h >= phase.tapsH || oh >= p.OH || ow >= p.OW) { return vec4<f16>(); }
  let at = ((row.lines + oh) * p.OW + ow) * p.OC + place.oc;
  if (COPIES == 0u) { return vec4<f16>(dOut[at / 4]); }
  return dOutHalf[at / 4];
}

/// Elements (k .. k+3, n) of B at a place, or 0 outside it.
fn vectorB(phase: Phase, place: Place, n: u32) -> vec4<f16> {
  let p = params;
  if (place.h >= phase.tapsH || n >= p.IC) { return vec4<f16>(); }
  let kh = phase.kh0 + place.h * p.stride;
  let kw = phase.kw0 + place.w * p.stride;
  return weightHalf[(((kh * p.KW + kw) * p.IC + n) * p.OC + place.oc) / 4];
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
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let gemmN = params.IC;
  let rows = (phaseOf(0).gemmM + BM - 1) / BM;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns % rows * BM;
  let phase = phaseOf(tile / (columns * rows));
  if (phase.offsetH >= params.stride) { return; } // the whole workgroup does
  let subgroupRow = subgroup / (BN / 16 / FN) * FM * 16;
  let subgroupColumn = subgroup % (BN / 16 / FN) * FN * 16;

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(phase, m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(phase, local % (BK / 4) * 4); // in each of them, and in each column of B

  var acc: array<array<Result, FN>, FM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(phase, rowsA[j], place); }
  for (var j = 0u; j < PB; j++) { nextB[j] = vectorB(phase, place, n0 + (j * WORKGROUP + local) / (BK / 4)); }
  for (var k0 = BK; k0 < phase.gemmK + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { As[i / (BK / 4) * PITCH_A + i % (BK / 4) * 4 + u] = nextA[j][u]; }
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { Bs[i / (BK / 4) * PITCH_B + i % (BK / 4) * 4 + u] = nextB[j][u]; }
    }
    workgroupBarrier(); // the tiles are whole
    place = next(phase, place);
    for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(phase, rowsA[j], place); } // past K: 0
    for (var j = 0u; j < PB; j++) { nextB[j] = vectorB(phase, place, n0 + (j * WORKGROUP + local) / (BK / 4)); }
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, col_major>(&Bs, (subgroupColumn + j * 16) * PITCH_B + kk, PITCH_B);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, row_major>(&As, (subgroupRow + i * 16) * PITCH_A + kk, PITCH_A);
        for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left, right[j], acc[i][j]); }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  // A matrix cannot be cut at the edge of dX, so it passes through workgroup memory, where elements can.
  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) {
      subgroupMatrixStore<row_major>(&sums, subgroup * 256, acc[i][j], 16u);
      workgroupBarrier(); // each subgroup's matrix is whole
      for (var e = lane * 4; e < 256; e += SUBGROUP * 4) {
        let at = subgroup * 256 + e;
        let value = vec4f(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]);
        store(phase, m0 + subgroupRow + i * 16 + e / 16, n0 + subgroupColumn + j * 16 + e % 16, value);
      }
      workgroupBarrier(); // and no longer read
    }
  }
}

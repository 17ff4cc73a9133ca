// conv2d forward, rung 26: matrix units on big tiles, the next ones fetched meanwhile
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC];
//           f32, dense, bound as vec4f; xHalf [N,IH,IW,IC] and weightHalf [KH,KW,IC,OC] in f16
//           x, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of weight
//           main: workgroup -> BM x BN tile of out; subgroup -> FM x FN matrices of 16 x 16 of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 64 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 26.5 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers (FM x FN matrices across
//           SUBGROUP lanes), PA rows, a place along K and the PA + PB = 8 vectors of halves of the next step
// Change    12 -> 26: tiles are 128 x 128, were 64 x 64, and a subgroup's 64 x 32, were 32 x 32; rows of A are found
//           once and the next step's vectors wait in registers, as in rung 20; rows of tiles lie 8 halves further
//           apart, so that the lanes that load a matrix meet different banks
// Expect    on a GPU rung 12 waits for its loads, which four matrices a subgroup cannot hide: 3 to 5 times its rate. An
//           H200 gave 1.4: a step of ResNet-50 of 32 images took 45.9 ms on these rungs and 65.9 on those, 36.4 in f32;
//           halves go to workgroup memory one by one, which takes as long as the products
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
// Needs     chromium-experimental-subgroup-matrix with 16 x 16 x 16 f16 -> f32 matrices, shader-f16, subgroups of
//           SUBGROUP lanes, 26.5 KiB of workgroup memory.  Defined by ../reference.ts
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
const COPIES = 1u; // 0 where x is stored as f16: then read where it lies, not copied
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const PITCH_A = BK + 8; // from a row of a tile to the next
const PITCH_B = BN + 8;
const_assert WORKGROUP / SUBGROUP * FM * FN * 256 == BM * BN;
const_assert BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> xHalf: array<vec4<f16>>;
@group(0) @binding(5) var<storage, read_write> weightHalf: array<vec4<f16>>;

var<workgroup> As: array<f16, BM * PITCH_A>;
var<workgroup> Bs: array<f16, BK * PITCH_B>;
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
  if (index < params.N * params.IH * params.IW * params.IC / 4) { xHalf[index] = vec4<f16>(x[index]); }
}

/// A row of A: the line and column of x at which its window begins, wrapped to huge numbers above the image, and the
/// lines of the images before its own.
struct Row { h: u32, w: u32, lines: u32 }

fn rowOf(m: u32) -> Row {
  let p = params;
  if (m >= p.N * p.OH * p.OW) { return Row(1 << 30, 0, 0); } // a window below every image
  return Row(m / p.OW % p.OH * p.stride - p.padding, m % p.OW * p.stride - p.padding, m / (p.OH * p.OW) * p.IH);
}

/// A place along K: a tap and a channel of it.
struct Place { kh: u32, kw: u32, ic: u32 }

fn placeOf(k: u32) -> Place { return Place(k / (params.IC * params.KW), k / params.IC % params.KW, k % params.IC); }

/// The place BK further on.
fn next(place: Place) -> Place {
  var p = place;
  for (p.ic += BK; p.ic >= params.IC; p.ic -= params.IC) {
    p.kw += 1;
    if (p.kw == params.KW) { p.kw = 0; p.kh += 1; }
  }
  return p;
}

/// Four channels of the input pixel that a row meets at a place, or 0 outside x.
fn vectorA(row: Row, place: Place) -> vec4<f16> {
  let p = params;
  let ih = row.h + place.kh;
  let iw = row.w + place.kw;
  if (place.kh >= p.KH || ih >= p.IH || iw >= p.IW) { return vec4<f16>(); }
  let at = ((row.lines + ih) * p.IW + iw) * p.IC + place.ic;
  if (COPIES == 0u) { return vec4<f16>(x[at / 4]); }
  return xHalf[at / 4];
}

/// Elements (k, n .. n+3) of B, or 0 outside it.
fn vectorB(k: u32, n: u32) -> vec4<f16> {
  if (k >= params.KH * params.KW * params.IC || n >= params.OC) { return vec4<f16>(); }
  return weightHalf[(k * params.OC + n) / 4];
}

fn store(m: u32, n: u32, value: vec4f) {
  if (m < params.N * params.OH * params.OW && n < params.OC) { out[(m * params.OC + n) / 4] = value; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let gemmM = params.N * params.OH * params.OW;
  let gemmN = params.OC;
  let gemmK = params.KH * params.KW * params.IC;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let subgroupRow = subgroup / (BN / 16 / FN) * FM * 16;
  let subgroupColumn = subgroup % (BN / 16 / FN) * FN * 16;

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(local % (BK / 4) * 4); // in each of them

  var acc: array<array<Result, FN>, FM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(rowsA[j], place); }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(i / (BN / 4), n0 + i % (BN / 4) * 4);
  }
  for (var k0 = BK; k0 < gemmK + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { As[i / (BK / 4) * PITCH_A + i % (BK / 4) * 4 + u] = nextA[j][u]; }
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { Bs[i / (BN / 4) * PITCH_B + i % (BN / 4) * 4 + u] = nextB[j][u]; }
    }
    workgroupBarrier(); // the tiles are whole
    place = next(place);
    for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(rowsA[j], place); } // past K: 0
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, row_major>(&Bs, kk * PITCH_B + subgroupColumn + j * 16, PITCH_B);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, row_major>(&As, (subgroupRow + i * 16) * PITCH_A + kk, PITCH_A);
        for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left, right[j], acc[i][j]); }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  // A matrix cannot be cut at the edge of out, so it passes through workgroup memory, where elements can.
  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) {
      subgroupMatrixStore<row_major>(&sums, subgroup * 256, acc[i][j], 16u);
      workgroupBarrier(); // each subgroup's matrix is whole
      for (var e = lane * 4; e < 256; e += SUBGROUP * 4) {
        let at = subgroup * 256 + e;
        let value = vec4f(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]);
        store(m0 + subgroupRow + i * 16 + e / 16, n0 + subgroupColumn + j * 16 + e % 16, value);
      }
      workgroupBarrier(); // and no longer read
    }
  }
}

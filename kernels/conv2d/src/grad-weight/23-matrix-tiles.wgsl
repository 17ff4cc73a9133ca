// conv2d gradient of the weight, rung 23: matrix units on big tiles, the next ones fetched meanwhile
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC];
//           f32, dense, x and dOut bound as vec4f; xHalf [N,IH,IW,IC] and dOutHalf [N,OH,OW,OC] in f16
//           x and dOut, stored as f16 instead, are read where they lie: COPIES is 0
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of dOut
//           main: workgroup -> BM x BN tile of one split's sum; subgroup -> FM x FN matrices of 16 x 16 of it
//           total: invocation -> one element of dWeight
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 64 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 25 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers (FM x FN matrices across
//           SUBGROUP lanes), a row, a pixel and the PA + PB = 8 vectors of halves of the next step; total: a sum
// Change    13 -> 23: tiles are 128 x 128, were 64 x 64, and a subgroup's 64 x 32, were 32 x 32; rows of A are found
//           once and the next step's vectors wait in registers, as in rung 19; rows of tiles lie 8 halves further apart, so
//           that the lanes that load a matrix meet different banks; whole tiles go to memory without a detour
// Expect    on a GPU rung 13 waits for its loads, which four matrices a subgroup cannot hide: 3 to 5 times its rate. An
//           H200 gave 1.4: a step of ResNet-50 of 32 images took 45.9 ms on these rungs and 65.9 on those, 36.4 in f32;
//           halves go to workgroup memory one by one, which takes as long as the products
// Edges     IC and OC multiples of 4; vectors outside A and B count 0; tiles that reach beyond dWeight pass through
//           workgroup memory, and sums outside dWeight are dropped; with one split `main` writes dWeight and `total`
//           does nothing
// Needs     chromium-experimental-subgroup-matrix with 16 x 16 x 16 f16 -> f32 matrices, shader-f16, subgroups of
//           SUBGROUP lanes, 25 KiB of workgroup memory.  Defined by ../reference.ts
enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

const BM = 128u;
const BN = 128u;
const BK = 32u;
const FM = 4u;
const FN = 2u;
const SUBGROUP = 32u;
const WORKGROUP = 256u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP, and of `total`
const COPIES = 1u; // 0 where x and dOut are stored as f16: then read where they lie, not copied
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const STEP = WORKGROUP / (BM / 4); // pixels from one vector of A to the next
const PITCH_A = BM + 8; // from a row of a tile to the next
const PITCH_B = BN + 8;
const_assert WORKGROUP / SUBGROUP * FM * FN * 256 == BM * BN;
const_assert BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(5) var<storage, read_write> xHalf: array<vec4<f16>>;
@group(0) @binding(6) var<storage, read_write> dOutHalf: array<vec4<f16>>;

var<workgroup> As: array<f16, BK * PITCH_A>;
var<workgroup> Bs: array<f16, BK * PITCH_B>;
var<workgroup> sums: array<f32, WORKGROUP / SUBGROUP * 256>; // a 16 x 16 matrix for each subgroup

@compute @workgroup_size(WORKGROUP)
fn halve(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (COPIES == 0u) { return; }
  if (index < params.N * params.IH * params.IW * params.IC / 4) { xHalf[index] = vec4<f16>(x[index]); }
  if (index < params.N * params.OH * params.OW * params.OC / 4) { dOutHalf[index] = vec4<f16>(dOut[index]); }
}

/// Rows m .. m+3 of A: a tap, less the padding and so perhaps wrapped to huge numbers, and the first of four channels.
struct Row { h: u32, w: u32, ic: u32 }

fn rowOf(m: u32) -> Row {
  let p = params;
  if (m >= p.KH * p.KW * p.IC) { return Row(1 << 30, 0, 0); } // below every image
  return Row(m / (p.IC * p.KW) - p.padding, m / p.IC % p.KW - p.padding, m % p.IC);
}

/// A place along K: a pixel of dOut.
struct Pixel { k: u32, n: u32, oh: u32, ow: u32 }

fn pixelOf(k: u32) -> Pixel {
  return Pixel(k, k / (params.OH * params.OW), k / params.OW % params.OH, k % params.OW);
}

/// The pixel STEP further on.
fn next(pixel: Pixel) -> Pixel {
  var p = pixel;
  p.k += STEP;
  for (p.ow += STEP; p.ow >= params.OW; p.ow -= params.OW) {
    p.oh += 1;
    if (p.oh == params.OH) { p.oh = 0; p.n += 1; }
  }
  return p;
}

/// Four channels of the input pixel that rows meet at a pixel of dOut; 0 outside x or past end.
fn vectorA(end: u32, row: Row, pixel: Pixel) -> vec4<f16> {
  let p = params;
  let ih = pixel.oh * p.stride + row.h;
  let iw = pixel.ow * p.stride + row.w;
  if (pixel.k >= end || ih >= p.IH || iw >= p.IW) { return vec4<f16>(); }
  let at = ((pixel.n * p.IH + ih) * p.IW + iw) * p.IC + row.ic;
  if (COPIES == 0u) { return vec4<f16>(x[at / 4]); }
  return xHalf[at / 4];
}

/// Elements (k, n .. n+3) of B, or 0 outside it and past end.
fn vectorB(end: u32, k: u32, n: u32) -> vec4<f16> {
  if (k >= end || n >= params.OC) { return vec4<f16>(); }
  let at = (k * params.OC + n) / 4;
  if (COPIES == 0u) { return vec4<f16>(dOut[at]); }
  return dOutHalf[at];
}

fn store(split: u32, m: u32, n: u32, value: f32) {
  let rows = params.KH * params.KW * params.IC;
  if (m >= rows || n >= params.OC) { return; }
  let index = m * params.OC + n;
  if (params.splits == 1) { dWeight[index] = value; } else { partials[split * rows * params.OC + index] = value; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let gemmM = params.KH * params.KW * params.IC;
  let gemmN = params.OC;
  let gemmK = params.N * params.OH * params.OW;
  let rows = (gemmM + BM - 1) / BM;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns % rows * BM;
  let split = tile / (columns * rows);
  if (split >= params.splits) { return; } // the whole workgroup does
  let splitK = (gemmK + params.splits - 1) / params.splits;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
  let subgroupRow = subgroup / (BN / 16 / FN) * FM * 16;
  let subgroupColumn = subgroup % (BN / 16 / FN) * FN * 16;

  let rowsA = rowOf(m0 + local % (BM / 4) * 4); // that this invocation loads
  var pixel = pixelOf(start + local / (BM / 4));

  var acc: array<array<Result, FN>, FM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) {
    nextA[j] = vectorA(end, rowsA, pixel);
    pixel = next(pixel);
  }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(end, start + i / (BN / 4), n0 + i % (BN / 4) * 4);
  }
  for (var k0 = start + BK; k0 < end + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { As[i / (BM / 4) * PITCH_A + i % (BM / 4) * 4 + u] = nextA[j][u]; }
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      for (var u = 0u; u < 4; u++) { Bs[i / (BN / 4) * PITCH_B + i % (BN / 4) * 4 + u] = nextB[j][u]; }
    }
    workgroupBarrier(); // the tiles are whole
    for (var j = 0u; j < PA; j++) {
      nextA[j] = vectorA(end, rowsA, pixel); // past K: 0
      pixel = next(pixel);
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(end, k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, row_major>(&Bs, kk * PITCH_B + subgroupColumn + j * 16, PITCH_B);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, col_major>(&As, kk * PITCH_A + subgroupRow + i * 16, PITCH_A);
        for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left, right[j], acc[i][j]); }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  if (m0 + BM <= gemmM && n0 + BN <= gemmN) {
    for (var i = 0u; i < FM; i++) {
      for (var j = 0u; j < FN; j++) {
        let first = (m0 + subgroupRow + i * 16) * gemmN + n0 + subgroupColumn + j * 16;
        if (params.splits == 1) {
          subgroupMatrixStore<row_major>(&dWeight, first, acc[i][j], gemmN);
        } else {
          subgroupMatrixStore<row_major>(&partials, split * gemmM * gemmN + first, acc[i][j], gemmN);
        }
      }
    }
    return;
  }
  // A matrix cannot be cut at the edge of dWeight, so it passes through workgroup memory, where elements can.
  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) {
      subgroupMatrixStore<row_major>(&sums, subgroup * 256, acc[i][j], 16u);
      workgroupBarrier(); // each subgroup's matrix is whole
      for (var e = lane; e < 256; e += SUBGROUP) {
        let m = m0 + subgroupRow + i * 16 + e / 16;
        store(split, m, n0 + subgroupColumn + j * 16 + e % 16, sums[subgroup * 256 + e]);
      }
      workgroupBarrier(); // and no longer read
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.KH * params.KW * params.IC * params.OC;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || params.splits == 1) { return; }
  var sum = 0.0;
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

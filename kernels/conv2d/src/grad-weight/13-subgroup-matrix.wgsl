// conv2d gradient of the weight, rung 13: tensor cores by subgroup matrices, f16 products, f32 sums
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC];
//           f32, dense, bound as vec4f; xHalf [N,IH,IW,IC] and dOutHalf [N,OH,OW,OC] in f16
//           x and dOut, stored as f16 instead, are read where they lie: COPIES is 0
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of dOut
//           main: workgroup -> BM x BN tile of one split's sum; subgroup -> FM x FN matrices of 16 x 16 of it
//           total: invocation -> 4 elements of dWeight
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 12 KiB workgroup memory; 128 invocations a workgroup; 32 sums in registers (FM x FN matrices across
//           SUBGROUP lanes); total: 4 sums
// Change    12 -> 13: products are of 16 x 16 matrices that lie across the lanes of a subgroup, and add up along all of
//           K; a step is 32 k's, was 16, a workgroup 128 invocations, was 256; one set of tiles, with two barriers a
//           step; sums go to dWeight through 4 KiB of workgroup memory
// Expect    on a GPU with matrix units several times rung 12, whose arithmetic becomes nearly free; memory limits then
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dWeight are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     chromium-experimental-subgroup-matrix with 16 x 16 x 16 f16 -> f32 matrices, shader-f16, subgroups of
//           SUBGROUP lanes.  Defined by ../reference.ts
enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

const BM = 64u;
const BN = 64u;
const BK = 32u;
const FM = 2u;
const FN = 2u;
const SUBGROUP = 32u;
const WORKGROUP = 128u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP, and of `total`
const COPIES = 1u; // 0 where x and dOut are stored as f16: then read where they lie, not copied

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
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> xHalf: array<vec4<f16>>;
@group(0) @binding(6) var<storage, read_write> dOutHalf: array<vec4<f16>>;

var<workgroup> As: array<f16, BM * BK>;
var<workgroup> Bs: array<f16, BK * BN>;
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

/// Elements (m .. m+3, k) of A: four channels of the input pixel that k meets at m's tap; 0 outside x or past end.
fn vectorA(end: u32, m: u32, k: u32) -> vec4<f16> {
  let p = params;
  let ih = k / p.OW % p.OH * p.stride + m / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = k % p.OW * p.stride + m / p.IC % p.KW - p.padding;
  if (m >= p.KH * p.KW * p.IC || k >= end || ih >= p.IH || iw >= p.IW) { return vec4<f16>(); }
  let at = (((k / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + m % p.IC) / 4;
  if (COPIES == 0u) { return vec4<f16>(x[at]); }
  return xHalf[at];
}

/// Elements (k, n .. n+3) of B, or 0 outside it and past end.
fn vectorB(end: u32, k: u32, n: u32) -> vec4<f16> {
  if (k >= end || n >= params.OC) { return vec4<f16>(); }
  let at = (k * params.OC + n) / 4;
  if (COPIES == 0u) { return vec4<f16>(dOut[at]); }
  return dOutHalf[at];
}

fn store(split: u32, m: u32, n: u32, value: vec4f) {
  let rows = params.KH * params.KW * params.IC;
  if (m >= rows || n >= params.OC) { return; }
  let index = (m * params.OC + n) / 4;
  if (params.splits == 1) { dWeight[index] = value; } else { partials[split * (rows * params.OC / 4) + index] = value; }
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

  var acc: array<array<Result, FN>, FM>;
  for (var k0 = start; k0 < end; k0 += BK) {
    for (var i = local; i < BM * BK / 4; i += WORKGROUP) {
      let a = vectorA(end, m0 + i % (BM / 4) * 4, k0 + i / (BM / 4));
      for (var u = 0u; u < 4; u++) { As[i * 4 + u] = a[u]; }
    }
    for (var i = local; i < BK * BN / 4; i += WORKGROUP) {
      let b = vectorB(end, k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
      for (var u = 0u; u < 4; u++) { Bs[i * 4 + u] = b[u]; }
    }
    workgroupBarrier(); // the tiles are whole
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, row_major>(&Bs, kk * BN + subgroupColumn + j * 16, BN);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, col_major>(&As, kk * BM + subgroupRow + i * 16, BM);
        for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left, right[j], acc[i][j]); }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  // A matrix cannot be cut at the edge of dWeight, so it passes through workgroup memory, where elements can.
  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) {
      subgroupMatrixStore<row_major>(&sums, subgroup * 256, acc[i][j], 16u);
      workgroupBarrier(); // each subgroup's matrix is whole
      for (var e = lane * 4; e < 256; e += SUBGROUP * 4) {
        let at = subgroup * 256 + e;
        let value = vec4f(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]);
        store(split, m0 + subgroupRow + i * 16 + e / 16, n0 + subgroupColumn + j * 16 + e % 16, value);
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
  let size = params.KH * params.KW * params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || params.splits == 1) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

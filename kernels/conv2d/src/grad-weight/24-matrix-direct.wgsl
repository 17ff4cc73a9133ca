// conv2d gradient of the weight, rung 24: matrices loaded straight from memory, the next ones meanwhile
// Computes  dWeight[0,0,ic,oc] = sum over n,h,w of x[n,h,w,ic] * dOut[n,h,w,oc]
// Layout    x [N,IH,IW,IC], dOut [N,IH,IW,OC], f16, dense; dWeight [1,1,IC,OC], partials [splits,IC,OC]; f32, dense
// GEMM      M = IC, N = OC, K = N*IH*IW; A is x as it lies, by columns, B dOut
// Mapping   main: workgroup -> BM x BN tile of one split's sum; subgroup -> FM x FN matrices of 16 x 16 of it
//           total: invocation -> one element of dWeight
// Traffic   FM + FN matrices of 512 bytes, from memory or its caches, for FM*FN products of matrices: 32 FLOP/B, and 64
//           from the second cache, where the subgroups of a workgroup meet in the first
// Resources no workgroup memory; 128 invocations a workgroup; 128 sums in registers (FM x FN matrices across SUBGROUP
//           lanes), and twice FM + FN matrices of halves; total: a sum
// Change    13 -> 24: 1x1: a column of A is a pixel of x and a row of B one of dOut, so matrices are loaded from where
//           they lie, the next step's meanwhile, without workgroup memory or barriers; tiles are 128 x 128, were
//           64 x 64, and a subgroup's 64 x 64, were 32 x 32; pixels past the last 16 whole ones are left to `total`
// Expect    rungs 13 and 23 store each half to workgroup memory by itself and wait at two barriers a step: without both,
//           1.5 to 2 times the rate of 23 at 1x1, if the first cache holds what a workgroup's subgroups share; has not
//           run on a GPU
// Edges     KH = KW = 1, stride 1, no padding; x and dOut stored as f16; IC and OC multiples of 16, at least 16 pixels;
//           matrices past IC or OC are not stored; with one split `main` writes dWeight, and `total` adds what pixels
//           are left
// Needs     chromium-experimental-subgroup-matrix with 16 x 16 x 16 f16 -> f32 matrices, shader-f16, subgroups of
//           SUBGROUP lanes.  Defined by ../reference.ts
enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;

const BM = 128u;
const BN = 128u;
const FM = 4u;
const FN = 4u;
const SUBGROUP = 32u;
const WORKGROUP = 128u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP, and of `total`
const_assert WORKGROUP / SUBGROUP * FM * FN * 256 == BM * BN;

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f16>;
@group(0) @binding(2) var<storage, read> dOut: array<f16>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let gemmM = params.IC;
  let gemmN = params.OC;
  let steps = params.N * params.IH * params.IW / 16; // whole ones
  let rows = (gemmM + BM - 1) / BM;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns % rows * BM;
  let split = tile / (columns * rows);
  if (split >= params.splits) { return; } // the whole workgroup does
  let share = (steps + params.splits - 1) / params.splits;
  let end = min((split + 1) * share, steps) * 16;
  let subgroupRow = m0 + subgroup / (BN / 16 / FN) * FM * 16;
  let subgroupColumn = n0 + subgroup % (BN / 16 / FN) * FN * 16;

  var firstRows: array<u32, FM>; // of each matrix of A
  for (var i = 0u; i < FM; i++) { firstRows[i] = min(subgroupRow + i * 16, gemmM - 16); }
  var firstColumns: array<u32, FN>; // of each matrix of B
  for (var j = 0u; j < FN; j++) { firstColumns[j] = min(subgroupColumn + j * 16, gemmN - 16); }

  var acc: array<array<Result, FN>, FM>;
  var left: array<Left, FM>;
  var right: array<Right, FN>;
  let start = min(split * share, steps - 1) * 16;
  for (var i = 0u; i < FM; i++) {
    left[i] = subgroupMatrixLoad<Left, col_major>(&x, start * gemmM + firstRows[i], gemmM);
  }
  for (var j = 0u; j < FN; j++) {
    right[j] = subgroupMatrixLoad<Right, row_major>(&dOut, start * gemmN + firstColumns[j], gemmN);
  }
  for (var k0 = split * share * 16 + 16; k0 <= end; k0 += 16) { // the start of the step after this one
    let ahead = min(k0, end - 16); // past the end the last step's again, which nobody multiplies
    var nextLeft: array<Left, FM>;
    var nextRight: array<Right, FN>;
    for (var i = 0u; i < FM; i++) {
      nextLeft[i] = subgroupMatrixLoad<Left, col_major>(&x, ahead * gemmM + firstRows[i], gemmM);
    }
    for (var j = 0u; j < FN; j++) {
      nextRight[j] = subgroupMatrixLoad<Right, row_major>(&dOut, ahead * gemmN + firstColumns[j], gemmN);
    }
    for (var i = 0u; i < FM; i++) {
      for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left[i], right[j], acc[i][j]); }
    }
    for (var i = 0u; i < FM; i++) { left[i] = nextLeft[i]; }
    for (var j = 0u; j < FN; j++) { right[j] = nextRight[j]; }
  }

  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) {
      let m = subgroupRow + i * 16;
      let n = subgroupColumn + j * 16;
      if (m >= gemmM || n >= gemmN) { continue; } // all of a matrix or nothing lies outside dWeight
      if (params.splits == 1) {
        subgroupMatrixStore<row_major>(&dWeight, m * gemmN + n, acc[i][j], gemmN);
      } else {
        subgroupMatrixStore<row_major>(&partials, (split * gemmM + m) * gemmN + n, acc[i][j], gemmN);
      }
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.IC * params.OC;
  let pixels = params.N * params.IH * params.IW;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || (params.splits == 1 && pixels % 16 == 0)) { return; }
  var sum = 0.0;
  if (params.splits == 1) { sum = dWeight[index]; }
  for (var split = 0u; split < params.splits && params.splits > 1; split++) { sum += partials[split * size + index]; }
  let ic = index / params.OC;
  let oc = index % params.OC;
  for (var k = pixels / 16 * 16; k < pixels; k++) {
    sum += f32(x[k * params.IC + ic]) * f32(dOut[k * params.OC + oc]);
  }
  dWeight[index] = sum;
}

// conv2d gradient of the input, rung 26: matrices loaded straight from memory, the next ones meanwhile
// Computes  dX[n,h,w,ic] = sum over oc of dOut[n,h,w,oc] * weight[0,0,ic,oc]
// Layout    dOut [N,IH,IW,OC], f16, dense; weight [1,1,IC,OC], dX [N,IH,IW,IC];
//           f32, dense, bound as vec4f; weightHalf [IC,OC] in f16
// GEMM      M = N*IH*IW, N = IC, K = OC; A is dOut as it lies, B weightHalf by columns
// Mapping   halve: invocation -> 4 elements of weight
//           main: workgroup -> BM x BN tile of dX; subgroup -> FM x FN matrices of 16 x 16 of it
// Traffic   FM + FN matrices of 512 bytes, from memory or its caches, for FM*FN products of matrices: 32 FLOP/B, and 64
//           from the second cache, where the subgroups of a workgroup meet in the first
// Resources 16 KiB workgroup memory; 128 invocations a workgroup; 128 sums in registers (FM x FN matrices across
//           SUBGROUP lanes), and twice FM + FN matrices of halves
// Change    12 -> 26: 1x1: a row of A is a row of dOut and a column of B one of weightHalf, so matrices are loaded from
//           where they lie, the next step's meanwhile, and workgroup memory holds sums alone; tiles are 128 x 128, were
//           64 x 64, and a subgroup's 64 x 64, were 32 x 32, whose rows of sums go out together
// Expect    rungs 12 and 25 store each half to workgroup memory by itself and wait at two barriers a step: without both,
//           1.5 to 2 times the rate of 25 at 1x1 where K is long, if the first cache holds what a workgroup's subgroups
//           share; has not run on a GPU
// Edges     KH = KW = 1, stride 1, no padding; dOut stored as f16; IC and OC multiples of 16, at least 16 rows; a matrix
//           that reaches past the last row begins so much earlier, and what another one has too is dropped
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
const WORKGROUP = 128u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP
const_assert WORKGROUP / SUBGROUP * FM * FN * 256 == BM * BN;

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f16>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> weightHalf: array<f16>;

var<workgroup> sums: array<f32, WORKGROUP / SUBGROUP * FN * 256>; // FN matrices side by side for each subgroup

@compute @workgroup_size(WORKGROUP)
fn halve(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= params.IC * params.OC / 4) { return; }
  let halves = vec4<f16>(weight[index]);
  for (var u = 0u; u < 4; u++) { weightHalf[index * 4 + u] = halves[u]; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let gemmM = params.N * params.IH * params.IW;
  let gemmN = params.IC;
  let gemmK = params.OC;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let subgroupRow = m0 + subgroup / (BN / 16 / FN) * FM * 16;
  let subgroupColumn = n0 + subgroup % (BN / 16 / FN) * FN * 16;

  var rows: array<u32, FM>; // the first of each matrix of A
  for (var i = 0u; i < FM; i++) { rows[i] = min(subgroupRow + i * 16, gemmM - 16); }
  var firsts: array<u32, FN>; // the first column of each matrix of B
  for (var j = 0u; j < FN; j++) { firsts[j] = min(subgroupColumn + j * 16, gemmN - 16); }

  var acc: array<array<Result, FN>, FM>;
  var left: array<Left, FM>;
  var right: array<Right, FN>;
  for (var i = 0u; i < FM; i++) { left[i] = subgroupMatrixLoad<Left, row_major>(&dOut, rows[i] * gemmK, gemmK); }
  for (var j = 0u; j < FN; j++) { right[j] = subgroupMatrixLoad<Right, col_major>(&weightHalf, firsts[j] * gemmK, gemmK); }
  for (var k0 = 16u; k0 <= gemmK; k0 += 16) { // the start of the step after this one
    let ahead = min(k0, gemmK - 16); // past K the last step's again, which nobody multiplies
    var nextLeft: array<Left, FM>;
    var nextRight: array<Right, FN>;
    for (var i = 0u; i < FM; i++) {
      nextLeft[i] = subgroupMatrixLoad<Left, row_major>(&dOut, rows[i] * gemmK + ahead, gemmK);
    }
    for (var j = 0u; j < FN; j++) {
      nextRight[j] = subgroupMatrixLoad<Right, col_major>(&weightHalf, firsts[j] * gemmK + ahead, gemmK);
    }
    for (var i = 0u; i < FM; i++) {
      for (var j = 0u; j < FN; j++) { acc[i][j] = subgroupMatrixMultiplyAccumulate(left[i], right[j], acc[i][j]); }
    }
    for (var i = 0u; i < FM; i++) { left[i] = nextLeft[i]; }
    for (var j = 0u; j < FN; j++) { right[j] = nextRight[j]; }
  }

  // Sums cannot become halves or be cut at the edge of dX as a matrix: they pass through workgroup memory.
  let own = subgroup * FN * 256;
  for (var i = 0u; i < FM; i++) {
    for (var j = 0u; j < FN; j++) { subgroupMatrixStore<row_major>(&sums, own + j * 16, acc[i][j], FN * 16); }
    workgroupBarrier(); // each subgroup's row of matrices is whole
    for (var e = lane * 4; e < FN * 256; e += SUBGROUP * 4) {
      let m = rows[i] + e / (FN * 16);
      let n = subgroupColumn + e % (FN * 16);
      if (m < subgroupRow + i * 16 || n >= gemmN) { continue; } // another matrix has it
      let at = own + e;
      dX[(m * gemmN + n) / 4] = vec4f(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]);
    }
    workgroupBarrier(); // and no longer read
  }
}

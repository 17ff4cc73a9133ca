// conv2d forward, rung 12: tensor cores by subgroup matrices, f16 products, f32 sums
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC];
//           f32, dense, bound as vec4f; xHalf [N,IH,IW,IC] and weightHalf [KH,KW,IC,OC] in f16
//           x, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of weight
//           main: workgroup -> BM x BN tile of out; subgroup -> FM x FN matrices of 16 x 16 of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 12 KiB workgroup memory; 128 invocations a workgroup; 32 sums in registers (FM x FN matrices across
//           SUBGROUP lanes)
// Change    11 -> 12: products are of 16 x 16 matrices that lie across the lanes of a subgroup, and add up along all of
//           K; a step is 32 k's, was 16, a workgroup 128 invocations, was 256; one set of tiles, with two barriers a
//           step; sums go to out through 4 KiB of workgroup memory
// Expect    on a GPU with matrix units several times rung 11, whose arithmetic becomes nearly free; memory limits then
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
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
const WORKGROUP = 128u; // BM / 16 / FM * BN / 16 / FN * SUBGROUP
const COPIES = 1u; // 0 where x is stored as f16: then read where it lies, not copied

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
  if (index < params.KH * params.KW * params.IC * params.OC / 4) { weightHalf[index] = vec4<f16>(weight[index]); }
  if (COPIES == 0u) { return; }
  if (index < params.N * params.IH * params.IW * params.IC / 4) { xHalf[index] = vec4<f16>(x[index]); }
}

/// Elements (m, k .. k+3) of A: four channels of an input pixel, or 0 outside x.
fn vectorA(m: u32, k: u32) -> vec4<f16> {
  let p = params;
  let ih = m / p.OW % p.OH * p.stride + k / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = m % p.OW * p.stride + k / p.IC % p.KW - p.padding;
  if (m >= p.N * p.OH * p.OW || k >= p.KH * p.KW * p.IC || ih >= p.IH || iw >= p.IW) { return vec4<f16>(); }
  let at = (((m / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + k % p.IC) / 4;
  if (COPIES == 0u) { return vec4<f16>(x[at]); }
  return xHalf[at];
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

  var acc: array<array<Result, FN>, FM>;
  for (var k0 = 0u; k0 < gemmK; k0 += BK) {
    for (var i = local; i < BM * BK / 4; i += WORKGROUP) {
      let a = vectorA(m0 + i / (BK / 4), k0 + i % (BK / 4) * 4);
      for (var u = 0u; u < 4; u++) { As[i * 4 + u] = a[u]; }
    }
    for (var i = local; i < BK * BN / 4; i += WORKGROUP) {
      let b = vectorB(k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
      for (var u = 0u; u < 4; u++) { Bs[i * 4 + u] = b[u]; }
    }
    workgroupBarrier(); // the tiles are whole
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, row_major>(&Bs, kk * BN + subgroupColumn + j * 16, BN);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, row_major>(&As, (subgroupRow + i * 16) * BK + kk, BK);
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

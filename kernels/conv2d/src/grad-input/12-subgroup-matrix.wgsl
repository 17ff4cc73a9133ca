// conv2d gradient of the input, rung 12: tensor cores by subgroup matrices, f16 products, f32 sums
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC];
//           f32, dense, bound as vec4f; dOutHalf [N,OH,OW,OC] and weightHalf [KH,KW,IC,OC] in f16
//           dOut, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   halve: invocation -> 4 elements of dOut and of weight
//           main: workgroup -> BM x BN tile of dX; subgroup -> FM x FN matrices of 16 x 16 of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; FM + FN matrices
//           of workgroup memory for FM*FN products of matrices
// Resources 12 KiB workgroup memory; 128 invocations a workgroup; 32 sums in registers (FM x FN matrices across
//           SUBGROUP lanes)
// Change    11 -> 12: products are of 16 x 16 matrices that lie across the lanes of a subgroup, and add up along all of
//           K; a step is 32 k's, was 16, a workgroup 128 invocations, was 256; one set of tiles, with two barriers a
//           step; sums go to dX through 4 KiB of workgroup memory
// Expect    on a GPU with matrix units several times rung 11, whose arithmetic becomes nearly free; memory limits then
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dX are dropped
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
const COPIES = 1u; // 0 where dOut is stored as f16: then read where it lies, not copied

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
  if (index < params.N * params.OH * params.OW * params.OC / 4) { dOutHalf[index] = vec4<f16>(dOut[index]); }
}

/// One of the stride^2 products: rows are the pixels (h*stride + offsetH, w*stride + offsetW) of dX, and the taps they
/// meet are kh0, kh0 + stride, ... and kw0, kw0 + stride, ...
struct Phase {
  offsetH: u32, offsetW: u32, kh0: u32, kw0: u32, tapsW: u32,
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
  phase.tapsW = (max(p.KW, phase.kw0) - phase.kw0 + p.stride - 1) / p.stride;
  phase.height = (p.IH + p.stride - 1) / p.stride;
  phase.width = (p.IW + p.stride - 1) / p.stride;
  phase.gemmM = p.N * phase.height * phase.width;
  phase.gemmK = (max(p.KH, phase.kh0) - phase.kh0 + p.stride - 1) / p.stride * phase.tapsW * p.OC;
  return phase;
}

/// Elements (m, k .. k+3) of A: four channels of an output pixel, or 0 outside dOut.
fn vectorA(phase: Phase, m: u32, k: u32) -> vec4<f16> {
  let p = params;
  if (m >= phase.gemmM || k >= phase.gemmK) { return vec4<f16>(); }
  let tap = k / p.OC;
  let n = m / (phase.height * phase.width);
  let oh = m / phase.width % phase.height + (phase.offsetH + p.padding - phase.kh0) / p.stride - tap / phase.tapsW;
  let ow = m % phase.width + (phase.offsetW + p.padding - phase.kw0) / p.stride - tap % phase.tapsW;
  if (oh >= p.OH || ow >= p.OW) { return vec4<f16>(); } // above the image it wraps to a huge number
  let at = (((n * p.OH + oh) * p.OW + ow) * p.OC + k % p.OC) / 4;
  if (COPIES == 0u) { return vec4<f16>(dOut[at]); }
  return dOutHalf[at];
}

/// Elements (k .. k+3, n) of B, or 0 outside it.
fn vectorB(phase: Phase, k: u32, n: u32) -> vec4<f16> {
  let p = params;
  if (k >= phase.gemmK || n >= p.IC) { return vec4<f16>(); }
  let tap = k / p.OC;
  let kh = phase.kh0 + tap / phase.tapsW * p.stride;
  let kw = phase.kw0 + tap % phase.tapsW * p.stride;
  return weightHalf[(((kh * p.KW + kw) * p.IC + n) * p.OC + k % p.OC) / 4];
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

  var acc: array<array<Result, FN>, FM>;
  for (var k0 = 0u; k0 < phase.gemmK; k0 += BK) {
    for (var i = local; i < BM * BK / 4; i += WORKGROUP) {
      let a = vectorA(phase, m0 + i / (BK / 4), k0 + i % (BK / 4) * 4);
      for (var u = 0u; u < 4; u++) { As[i * 4 + u] = a[u]; }
    }
    for (var i = local; i < BK * BN / 4; i += WORKGROUP) {
      let b = vectorB(phase, k0 + i % (BK / 4) * 4, n0 + i / (BK / 4));
      for (var u = 0u; u < 4; u++) { Bs[i * 4 + u] = b[u]; }
    }
    workgroupBarrier(); // the tiles are whole
    for (var kk = 0u; kk < BK; kk += 16) {
      var right: array<Right, FN>;
      for (var j = 0u; j < FN; j++) {
        right[j] = subgroupMatrixLoad<Right, col_major>(&Bs, (subgroupColumn + j * 16) * BK + kk, BK);
      }
      for (var i = 0u; i < FM; i++) {
        let left = subgroupMatrixLoad<Left, row_major>(&As, (subgroupRow + i * 16) * BK + kk, BK);
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

// conv2d forward, rung 17: tiles of 128 x 128, 8 x 8 outputs an invocation
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   workgroup -> BM x BN tile of out; invocation -> TM rows of it x TN / 4 vectors of columns, BN * 4 / TN
//           apart
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, and TM vectors of A
// Change    04 -> 17: tiles of 128 x 128, was 64 x 64, 8 x 8 sums an invocation, was 4 x 4, in two vectors that lie
//           half a tile apart, so that neighbouring lanes still read neighbouring vectors; a vector of A waits in
//           registers while its four k's meet their columns; products add up in one sum along K, for a second set of
//           sums would be registers that occupancy needs more
// Expect    on a GPU half of rung 04's loads and of its reads of workgroup memory, which limit it, for each multiply-
//           add: SGEMM_CUDA's table gives the step from 8 to 8 x 8 results a thread as 1.9 times. A tile has four times
//           the area, so where out has few the device is not filled. Right on an H200, not timed there
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 16u;
const TM = 8u;
const TN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

var<workgroup> As: array<vec4f, BM * BK / 4>;
var<workgroup> Bs: array<vec4f, BK * BN / 4>;

/// Elements (m, k .. k+3) of A: four channels of an input pixel, or 0 outside x.
fn vectorA(m: u32, k: u32) -> vec4f {
  let p = params;
  let ih = m / p.OW % p.OH * p.stride + k / (p.IC * p.KW) - p.padding; // above the image it wraps to a huge number
  let iw = m % p.OW * p.stride + k / p.IC % p.KW - p.padding;
  if (m >= p.N * p.OH * p.OW || k >= p.KH * p.KW * p.IC || ih >= p.IH || iw >= p.IW) { return vec4f(); }
  return x[(((m / (p.OH * p.OW) * p.IH + ih) * p.IW + iw) * p.IC + k % p.IC) / 4];
}

/// Elements (k, n .. n+3) of B, or 0 outside it.
fn vectorB(k: u32, n: u32) -> vec4f {
  if (k >= params.KH * params.KW * params.IC || n >= params.OC) { return vec4f(); }
  return weight[(k * params.OC + n) / 4];
}

fn store(m: u32, n: u32, value: vec4f) {
  if (m < params.N * params.OH * params.OW && n < params.OC) { out[(m * params.OC + n) / 4] = value; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let gemmM = params.N * params.OH * params.OW;
  let gemmN = params.OC;
  let gemmK = params.KH * params.KW * params.IC;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let row = local / (BN / TN) * TM;
  let column = local % (BN / TN) * 4; // of the first of its vectors

  var acc: array<array<vec4f, TM>, TN / 4>;
  for (var k0 = 0u; k0 < gemmK; k0 += BK) {
    for (var i = local; i < BM * BK / 4; i += WORKGROUP) {
      As[i] = vectorA(m0 + i / (BK / 4), k0 + i % (BK / 4) * 4);
    }
    for (var i = local; i < BK * BN / 4; i += WORKGROUP) {
      Bs[i] = vectorB(k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    workgroupBarrier(); // the tiles are whole
    for (var k = 0u; k < BK; k += 4) {
      var a: array<vec4f, TM>;
      for (var r = 0u; r < TM; r++) { a[r] = As[((row + r) * BK + k) / 4]; }
      for (var u = 0u; u < 4; u++) {
        for (var j = 0u; j < TN / 4; j++) {
          let b = Bs[((k + u) * BN + j * (BN * 4 / TN) + column) / 4];
          for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b; }
        }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) { store(m0 + row + r, n0 + j * (BN * 4 / TN) + column, acc[j][r]); }
  }
}

// conv2d forward, rung 11: halves in memory, f32 sums
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC];
//           f32, dense, bound as vec4f; xHalf [N,IH,IW,IC] and weightHalf [KH,KW,IC,OC] in f16
//           x, stored as f16 instead, is read where it lies: COPIES is 0
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of weight
//           main: workgroup -> BM x BN tile of out; invocation -> TM x 4 block of it
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; TM + 4 reads of
//           8 bytes of workgroup memory for 16*TM; the operands are read once more and written as halves
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM vectors each)
//           and the PA + PB = 2 vectors of halves of the next step
// Change    05 -> 11: a first pass rounds both operands to f16; tiles hold halves, products and sums are f32
// Expect    half of rung 05's traffic: a gain where memory limits. Each operand is off by up to 2^-10 of itself, and
//           beyond 65504 it overflows, so this rung is never chosen by itself
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
// Needs     shader-f16.  Defined by ../reference.ts
enable f16;

const BM = 64u;
const BN = 64u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const TM = 4u;
const WORKGROUP = 256u; // BM / TM * BN / 4
const COPIES = 1u; // 0 where x is stored as f16: then read where it lies, not copied
const PA = 1u; // vectors of A that an invocation fetches in a step: BM * BK / 4 / WORKGROUP
const PB = 1u; // and of B: BK * BN / 4 / WORKGROUP

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> xHalf: array<vec4<f16>>;
@group(0) @binding(5) var<storage, read_write> weightHalf: array<vec4<f16>>;

var<workgroup> As: array<array<vec4<f16>, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4<f16>, BK * BN / 4>, 2>;

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
) {
  let gemmM = params.N * params.OH * params.OW;
  let gemmN = params.OC;
  let gemmK = params.KH * params.KW * params.IC;
  let columns = (gemmN + BN - 1) / BN;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * BN;
  let m0 = tile / columns * BM;
  if (m0 >= gemmM) { return; } // the whole workgroup does
  let row = local / (BN / 4) * TM;
  let column = local % (BN / 4) * 4;

  var acc: array<vec4f, TM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) {
    let i = j * WORKGROUP + local;
    nextA[j] = vectorA(m0 + i / (BK / 4), i % (BK / 4) * 4);
  }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(i / (BN / 4), n0 + i % (BN / 4) * 4);
  }
  var buffer = 0u;
  for (var k0 = BK; k0 < gemmK + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) { As[buffer][j * WORKGROUP + local] = nextA[j]; }
    for (var j = 0u; j < PB; j++) { Bs[buffer][j * WORKGROUP + local] = nextB[j]; }
    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      nextA[j] = vectorA(m0 + i / (BK / 4), k0 + i % (BK / 4) * 4); // past K: 0
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, TM>();
    for (var k = 0u; k < BK; k += 4) {
      var b: mat4x4f; // a column for each k
      for (var u = 0u; u < 4; u++) { b[u] = vec4f(Bs[buffer][((k + u) * BN + column) / 4]); }
      for (var r = 0u; r < TM; r++) { part[r] += b * vec4f(As[buffer][((row + r) * BK + k) / 4]); }
    }
    for (var r = 0u; r < TM; r++) { acc[r] += part[r]; }
    buffer = 1 - buffer;
  }

  for (var r = 0u; r < TM; r++) { store(m0 + row + r, n0 + column, acc[r]); }
}

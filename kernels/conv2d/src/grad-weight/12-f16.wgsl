// conv2d gradient of the weight, rung 12: halves in memory, f32 sums
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC];
//           f32, dense, bound as vec4f; xHalf [N,IH,IW,IC] and dOutHalf [N,OH,OW,OC] in f16
//           x and dOut, stored as f16 instead, are read where they lie: COPIES is 0
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from xHalf, never stored
// Mapping   halve: invocation -> 4 elements of x and of dOut
//           main: workgroup -> BM x BN tile of one split's sum; invocation -> TM x 4 block of it
//           total: invocation -> 4 elements of dWeight
// Traffic   per K step (BM + BN) * BK / 4 loads of 8 bytes for BM*BN*BK multiply-adds: 32 FLOP/B; 2 reads of 8 bytes of
//           workgroup memory for 4*TM; the operands are read once more and written as halves
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; 32 sums in registers (acc and part, TM vectors each)
//           and the PA + PB = 2 vectors of halves of the next step; total: 4 sums
// Change    06 -> 12: a first pass rounds both operands to f16; tiles hold halves, products and sums are f32
// Expect    half of rung 06's traffic: a gain where memory limits. Each operand is off by up to 2^-10 of itself, and
//           beyond 65504 it overflows, so this rung is never chosen by itself
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dWeight are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     shader-f16.  Defined by ../reference.ts
enable f16;

const BM = 64u;
const BN = 64u;
const BK = 16u; // also the number of k's summed in `part` before they join `acc`, which keeps rounding errors small
const TM = 4u; // the rows of one vector
const WORKGROUP = 256u; // BM / TM * BN / 4, and of `total`
const COPIES = 1u; // 0 where x and dOut are stored as f16: then read where they lie, not copied
const PA = 1u; // vectors of A that an invocation fetches in a step: BM * BK / 4 / WORKGROUP
const PB = 1u; // and of B: BK * BN / 4 / WORKGROUP

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

var<workgroup> As: array<array<vec4<f16>, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4<f16>, BK * BN / 4>, 2>;

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
  let row = local / (BN / 4) * TM;
  let column = local % (BN / 4) * 4;

  var acc: array<vec4f, TM>;
  var nextA: array<vec4<f16>, PA>;
  var nextB: array<vec4<f16>, PB>;
  for (var j = 0u; j < PA; j++) {
    let i = j * WORKGROUP + local;
    nextA[j] = vectorA(end, m0 + i % (BM / 4) * 4, start + i / (BM / 4));
  }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(end, start + i / (BN / 4), n0 + i % (BN / 4) * 4);
  }
  var buffer = 0u;
  for (var k0 = start + BK; k0 < end + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) { As[buffer][j * WORKGROUP + local] = nextA[j]; }
    for (var j = 0u; j < PB; j++) { Bs[buffer][j * WORKGROUP + local] = nextB[j]; }
    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      nextA[j] = vectorA(end, m0 + i % (BM / 4) * 4, k0 + i / (BM / 4)); // past K: 0
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(end, k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, TM>();
    for (var k = 0u; k < BK; k++) {
      let a = vec4f(As[buffer][(k * BM + row) / 4]);
      let b = vec4f(Bs[buffer][(k * BN + column) / 4]);
      for (var r = 0u; r < TM; r++) { part[r] += a[r] * b; }
    }
    for (var r = 0u; r < TM; r++) { acc[r] += part[r]; }
    buffer = 1 - buffer;
  }

  for (var r = 0u; r < TM; r++) { store(split, m0 + row + r, n0 + column, acc[r]); }
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

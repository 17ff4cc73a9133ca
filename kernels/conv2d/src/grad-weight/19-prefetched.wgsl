// conv2d gradient of the weight, rung 19: big tiles, the next ones fetched meanwhile
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC];
//           f32, dense, bound as vec4f
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   main: workgroup -> BM x BN tile of one split's sum; LM x LN neighbouring invocations -> LM x LN vectors
//           side by side; invocation -> TM / 4 vectors of rows, BM * 4 / TM apart, x TN / 4 vectors of columns,
//           BN * 4 / TN apart; total: invocation -> 4 elements of dWeight
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; (TM + TN) / 4 reads
//           of a vec4f of workgroup memory for TM*TN, of which 32 lanes read (LM*TM + LN*TN) / 4 different ones
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, a row, a pixel and the PA + PB
//           = 2 vectors of the next step; total: 4 sums
// Change    18 -> 19: as from 05 to 06 a step's loads are issued before the sums of the step before, and wait in
//           registers while those run; two sets of tiles take turns, so that one barrier a step is enough; a step is 8
//           k's, was 16, for two sets of 16 must have 32 KiB
// Expect    on a GPU the loads' latency is hidden where few workgroups share a core, as tiles this large make it; so
//           that compilers need not find it, the loads stand first. 33.8 TFLOPS on an H200 at 3x3, 28 x 28 x 128, batch
//           32; rung 18 28.8
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside dWeight are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 8u;
const TM = 8u;
const TN = 8u;
const LM = 4u; // LM x LN lanes of a subgroup: 4 x 8 of 32, 8 x 8 of 64
const LN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN, and of `total`
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const STEP = WORKGROUP / (BM / 4); // pixels from one vector of A to the next
const_assert WORKGROUP * TM * TN == BM * BN && BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<vec4f>;

var<workgroup> As: array<array<vec4f, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4f, BK * BN / 4>, 2>;

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
fn vectorA(end: u32, row: Row, pixel: Pixel) -> vec4f {
  let p = params;
  let ih = pixel.oh * p.stride + row.h;
  let iw = pixel.ow * p.stride + row.w;
  if (pixel.k >= end || ih >= p.IH || iw >= p.IW) { return vec4f(); }
  return x[(((pixel.n * p.IH + ih) * p.IW + iw) * p.IC + row.ic) / 4];
}

/// Elements (k, n .. n+3) of B, or 0 outside it and past end.
fn vectorB(end: u32, k: u32, n: u32) -> vec4f {
  if (k >= end || n >= params.OC) { return vec4f(); }
  return dOut[(k * params.OC + n) / 4];
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
  let lane = local % (LM * LN);
  let piece = local / (LM * LN);
  let row = (piece / (BN / TN / LN) * LM + lane / LN) * 4; // of the first of its vectors
  let column = (piece % (BN / TN / LN) * LN + lane % LN) * 4;

  let rowsA = rowOf(m0 + local % (BM / 4) * 4); // that this invocation loads
  var pixel = pixelOf(start + local / (BM / 4));

  var acc: array<array<vec4f, TM>, TN / 4>;
  var nextA: array<vec4f, PA>;
  var nextB: array<vec4f, PB>;
  for (var j = 0u; j < PA; j++) {
    nextA[j] = vectorA(end, rowsA, pixel);
    pixel = next(pixel);
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
      nextA[j] = vectorA(end, rowsA, pixel); // past K: 0
      pixel = next(pixel);
    }
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(end, k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    for (var k = 0u; k < BK; k++) {
      var a: array<vec4f, TM / 4>;
      for (var i = 0u; i < TM / 4; i++) { a[i] = As[buffer][(k * BM + i * (BM * 4 / TM) + row) / 4]; }
      for (var j = 0u; j < TN / 4; j++) {
        let b = Bs[buffer][(k * BN + j * (BN * 4 / TN) + column) / 4];
        for (var r = 0u; r < TM; r++) { acc[j][r] += a[r / 4][r % 4] * b; }
      }
    }
    buffer = 1 - buffer;
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) {
      store(split, m0 + r / 4 * (BM * 4 / TM) + row + r % 4, n0 + j * (BN * 4 / TN) + column, acc[j][r]);
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

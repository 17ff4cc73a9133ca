// conv2d forward, rung 20: big tiles, the next ones fetched meanwhile
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   workgroup -> BM x BN tile of out; LM x LN neighbouring invocations -> LM*TM rows of it x LN*TN columns;
//           invocation -> TM rows of those, LM apart, x TN / 4 vectors of columns, BN * 4 / TN apart
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN, of which 32 lanes read LM*TM + LN*TN different ones
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, TM vectors of A, PA rows, a
//           place along K and the PA + PB = 2 vectors of the next step
// Change    19 -> 20: as from 04 to 05 a step's loads are issued before the sums of the step before, and wait in
//           registers while those run; two sets of tiles take turns, so that one barrier a step is enough; a step is 8
//           k's, was 16, for two sets of 16 must have 32 KiB
// Expect    on a GPU the loads' latency is hidden where few workgroups share a core, as tiles this large make it; so
//           that compilers need not find it, the loads stand first. 22.1 TFLOPS on an H200 at 3x3, 28 x 28 x 128, batch
//           32, 30.2 with tiles of 64 x 128; rung 19 17.1
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 8u;
const TM = 8u;
const TN = 8u;
const LM = 4u; // LM x LN lanes of a subgroup: 4 x 8 of 32, 8 x 8 of 64
const LN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation fetches in a step
const PB = BK * BN / 4 / WORKGROUP; // and of B
const_assert WORKGROUP * TM * TN == BM * BN && BM * BK / 4 % WORKGROUP == 0 && BK * BN / 4 % WORKGROUP == 0;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

var<workgroup> As: array<array<vec4f, BM * BK / 4>, 2>;
var<workgroup> Bs: array<array<vec4f, BK * BN / 4>, 2>;

/// A row of A: the line and column of x at which its window begins, wrapped to huge numbers above the image, and the
/// lines of the images before its own.
struct Row { h: u32, w: u32, lines: u32 }

fn rowOf(m: u32) -> Row {
  let p = params;
  if (m >= p.N * p.OH * p.OW) { return Row(1 << 30, 0, 0); } // a window below every image
  return Row(m / p.OW % p.OH * p.stride - p.padding, m % p.OW * p.stride - p.padding, m / (p.OH * p.OW) * p.IH);
}

/// A place along K: a tap and a channel of it.
struct Place { kh: u32, kw: u32, ic: u32 }

fn placeOf(k: u32) -> Place { return Place(k / (params.IC * params.KW), k / params.IC % params.KW, k % params.IC); }

/// The place BK further on.
fn next(place: Place) -> Place {
  var p = place;
  for (p.ic += BK; p.ic >= params.IC; p.ic -= params.IC) {
    p.kw += 1;
    if (p.kw == params.KW) { p.kw = 0; p.kh += 1; }
  }
  return p;
}

/// Four channels of the input pixel that a row meets at a place, or 0 outside x.
fn vectorA(row: Row, place: Place) -> vec4f {
  let p = params;
  let ih = row.h + place.kh;
  let iw = row.w + place.kw;
  if (place.kh >= p.KH || ih >= p.IH || iw >= p.IW) { return vec4f(); }
  return x[(((row.lines + ih) * p.IW + iw) * p.IC + place.ic) / 4];
}

/// Where vector k / 4 of a row lies in As: those that lanes read at once, of eight rows side by side, are in eight
/// different groups of four banks.
fn swizzled(row: u32, k: u32) -> u32 { return row * (BK / 4) + ((k / 4) ^ (row * (BK / 4) / 8 % (BK / 4))); }

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
  let lane = local % (LM * LN);
  let piece = local / (LM * LN);
  let row = piece / (BN / TN / LN) * (LM * TM) + lane / LN; // the first of its rows
  let column = (piece % (BN / TN / LN) * LN + lane % LN) * 4; // of the first of its vectors

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(local % (BK / 4) * 4); // in each of them

  var acc: array<array<vec4f, TM>, TN / 4>;
  var nextA: array<vec4f, PA>;
  var nextB: array<vec4f, PB>;
  for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(rowsA[j], place); }
  for (var j = 0u; j < PB; j++) {
    let i = j * WORKGROUP + local;
    nextB[j] = vectorB(i / (BN / 4), n0 + i % (BN / 4) * 4);
  }
  var buffer = 0u;
  for (var k0 = BK; k0 < gemmK + BK; k0 += BK) { // the start of the step after this one
    for (var j = 0u; j < PA; j++) {
      let i = j * WORKGROUP + local;
      As[buffer][swizzled(i / (BK / 4), i % (BK / 4) * 4)] = nextA[j];
    }
    for (var j = 0u; j < PB; j++) { Bs[buffer][j * WORKGROUP + local] = nextB[j]; }
    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more
    place = next(place);
    for (var j = 0u; j < PA; j++) { nextA[j] = vectorA(rowsA[j], place); } // past K: 0
    for (var j = 0u; j < PB; j++) {
      let i = j * WORKGROUP + local;
      nextB[j] = vectorB(k0 + i / (BN / 4), n0 + i % (BN / 4) * 4);
    }
    for (var k = 0u; k < BK; k += 4) {
      var a: array<vec4f, TM>;
      for (var r = 0u; r < TM; r++) { a[r] = As[buffer][swizzled(row + r * LM, k)]; }
      for (var u = 0u; u < 4; u++) {
        for (var j = 0u; j < TN / 4; j++) {
          let b = Bs[buffer][((k + u) * BN + j * (BN * 4 / TN) + column) / 4];
          for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b; }
        }
      }
    }
    buffer = 1 - buffer;
  }

  for (var j = 0u; j < TN / 4; j++) {
    for (var r = 0u; r < TM; r++) { store(m0 + row + r * LM, n0 + j * (BN * 4 / TN) + column, acc[j][r]); }
  }
}

// conv2d forward, rung 18: big tiles, where the rows of A lie found once for a tile
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   workgroup -> BM x BN tile of out; invocation -> TM rows of it x TN / 4 vectors of columns, BN * 4 / TN
//           apart
// Traffic   per K step (BM + BN) * BK / 4 loads of a vec4f for BM*BN*BK multiply-adds: 32 FLOP/B; TM + TN reads of a
//           vec4f of workgroup memory for 4*TM*TN; no division
// Resources 16 KiB workgroup memory; 256 invocations a workgroup; 64 sums in registers, TM vectors of A, PA rows and a
//           place along K
// Change    17 -> 18: an invocation loads the same PA rows of A in every step, at the same place of it: it finds the
//           window of each row once, by three divisions, and walks along K with its taps by additions, as CUTLASS's
//           optimized iterators do
// Expect    on a GPU, where an integer division is some 20 instructions, the index arithmetic of a step falls from four
//           divisions for each vector of A to a few additions: most where K is short or the tile's loads are many for
//           its sums. Right on an H200, not timed there
// Edges     IC and OC multiples of 4; vectors outside A and B count 0, sums outside out are dropped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const BM = 128u;
const BN = 128u;
const BK = 16u;
const TM = 8u;
const TN = 8u;
const WORKGROUP = 256u; // BM / TM * BN / TN
const PA = BM * BK / 4 / WORKGROUP; // vectors of A that an invocation loads in a step

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

var<workgroup> As: array<vec4f, BM * BK / 4>;
var<workgroup> Bs: array<vec4f, BK * BN / 4>;

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

  var rowsA: array<Row, PA>; // that this invocation loads
  for (var j = 0u; j < PA; j++) { rowsA[j] = rowOf(m0 + (j * WORKGROUP + local) / (BK / 4)); }
  var place = placeOf(local % (BK / 4) * 4); // in each of them

  var acc: array<array<vec4f, TM>, TN / 4>;
  for (var k0 = 0u; k0 < gemmK; k0 += BK) {
    for (var j = 0u; j < PA; j++) { As[j * WORKGROUP + local] = vectorA(rowsA[j], place); }
    place = next(place);
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

// conv2d gradient of the input, rung 21: Winograd's F(2x2,3x3) with its transforms in one kernel
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n, ih+padding-kh, iw+padding-kw, oc] * weight[kh,kw,ic,oc],
//           which is forward's convolution of dOut with weight turned by 180 degrees and padding 2 - padding
// Layout    dOut [N,OH,OW,OC], weight [3,3,IC,OC], dX [N,IH,IW,IC]; kernels [16,OC,IC]; f32, dense, bound as vec4f
// GEMM      16 times: M = N * ceil(IH/2) * ceil(IW/2) tiles, N = IC, K = OC
// Mapping   transform_weight: invocation -> a 4x4 block of kernels; main: workgroup -> TILES tiles x BN channels of
//           dX, 16 invocations of it -> one of the 16 products, invocation -> TM tiles of that x TN / 4 vectors
// Traffic   per step of 4 k's 16 loads of a vec4f of dOut for each tile, twice where lines overlap, and 16*BN of
//           kernels for 64*TILES*BN multiply-adds, which stand for 144*TILES*BN: 18 FLOP/B; TM + TN reads of a vec4f of
//           workgroup memory for 4*TM*TN; patches and products never leave the workgroup
// Resources 16 KiB workgroup memory; 256 invocations a workgroup in main; 64 sums in registers and TM vectors of
//           patches; transform_weight: 64 invocations a workgroup, up to 256 values
// Change    10 -> 21: a workgroup transforms the patches of its tiles into workgroup memory, sums all 16 products of
//           four channels at a time, and passes the sums through the same memory to transform them back; no lane
//           shuffles. Tiles and products of all 16 kinds need registers and memory at once, so a workgroup covers 32 x
//           32 only
// Expect    on a GPU rung 10 moves 4 times dOut and dX through memory twice; without that the 2.25 times fewer
//           multiplications are left, as cuDNN's fused kernels show for f32. Patches are transformed again for every 32
//           channels of dX. 28.8 TFLOPS of the convolution's own operations on an H200 at 28 x 28 x 128, batch 32; rung
//           10 10.4, rung 18 30.4
// Edges     3x3, stride 1, padding of at most 2; IC and OC multiples of 4; a pixel outside dOut counts 0, a tile's sums
//           outside dX are dropped; cancelling terms make errors several times those of plain sums
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const TILES = 32u;
const BN = 32u;
const TM = 8u;
const TN = 8u;
const GROUP = 256u; // of main: TILES / TM * BN / TN for each of 16 products
const WORKGROUP = 64u; // of transform_weight

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> kernels: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dX: array<vec4f>;

/// Patches [16][TILES] and kernels [16][4][BN / 4] of a step; after the last one sums [16][2][TILES].
var<workgroup> tiles: array<vec4f, 16 * TILES + 16 * BN>;

/// A tile's image and its place among the tiles of that image.
struct Tile { n: u32, h: u32, w: u32 }

fn tileCount() -> u32 { return params.N * ((params.IH + 1) / 2) * ((params.IW + 1) / 2); }

fn tileAt(index: u32) -> Tile {
  let height = (params.IH + 1) / 2;
  let width = (params.IW + 1) / 2;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// kernels[4*a + b] = G * turned * transpose(G) for 4 channels oc and 4 channels ic, where turned[kh,kw] is
/// weight[2-kh,2-kw]; G = [1 0 0; .5 .5 .5; .5 -.5 .5; 0 0 1].
@compute @workgroup_size(WORKGROUP)
fn transform_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let ics = params.IC / 4; // in vectors
  let ocs = params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= ics * ocs) { return; }
  let oc = index / ics;
  let ic = index % ics;
  var rows: array<array<mat4x4f, 3>, 4>; // G * turned, a column for each oc
  for (var kw = 0u; kw < 3; kw++) {
    var g: array<mat4x4f, 3>;
    for (var kh = 0u; kh < 3; kh++) {
      let tap = (2 - kh) * 3 + 2 - kw;
      var square: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { square[u] = weight[(tap * params.IC + ic * 4 + u) * ocs + oc]; }
      g[kh] = transpose(square);
    }
    rows[0][kw] = g[0];
    rows[1][kw] = 0.5 * (g[0] + g[1] + g[2]);
    rows[2][kw] = 0.5 * (g[0] - g[1] + g[2]);
    rows[3][kw] = g[2];
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    var kernel = array<mat4x4f, 4>(r[0], 0.5 * (r[0] + r[1] + r[2]), 0.5 * (r[0] - r[1] + r[2]), r[2]);
    for (var b = 0u; b < 4; b++) {
      for (var u = 0u; u < 4; u++) { kernels[((4 * a + b) * params.OC + oc * 4 + u) * ics + ic] = kernel[b][u]; }
    }
  }
}

/// Four channels of a pixel, or 0 outside dOut.
fn pixel(n: u32, h: u32, w: u32, k: u32) -> vec4f {
  if (h >= params.OH || w >= params.OW) { return vec4f(); }
  return dOut[((n * params.OH + h) * params.OW + w) * (params.OC / 4) + k];
}

/// Row a of transpose(B) * patch * B for 4 channels of the 4x4 patch around a tile, into patches;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
fn transform_patch(tile: Tile, a: u32, k: u32, at: u32) {
  let h = tile.h * 2 - (2 - params.padding); // above the image it wraps to a huge number
  let w = tile.w * 2 - (2 - params.padding);
  let plus = h + select(min(a, 1), 2, a == 2);
  let minus = h + select(select(2u, 1u, a == 2), 3u, a == 3);
  var row: array<vec4f, 4>; // of transpose(B) * patch
  for (var b = 0u; b < 4; b++) {
    let other = pixel(tile.n, minus, w + b, k);
    row[b] = pixel(tile.n, plus, w + b, k) + select(-other, other, a == 1);
  }
  tiles[4 * a * TILES + at] = row[0] - row[2];
  tiles[(4 * a + 1) * TILES + at] = row[1] + row[2];
  tiles[(4 * a + 2) * TILES + at] = row[2] - row[1];
  tiles[(4 * a + 3) * TILES + at] = row[1] - row[3];
}

/// One of the 2x2 sums of a tile: transpose(A) * products * A at (a,b); transpose(A) = [1 1 1 0; 0 1 -1 -1].
fn sum_of(at: u32, a: u32, b: u32) -> vec4f {
  var row: array<vec4f, 4>; // of transpose(A) * products
  for (var j = 0u; j < 4; j++) {
    let m1 = tiles[(4 + j) * 2 * TILES + at];
    let m2 = tiles[(8 + j) * 2 * TILES + at];
    if (a == 0) { row[j] = tiles[j * 2 * TILES + at] + m1 + m2; }
    else { row[j] = m1 - m2 - tiles[(12 + j) * 2 * TILES + at]; }
  }
  if (b == 0) { return row[0] + row[1] + row[2]; }
  return row[1] - row[2] - row[3];
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC / 4;
  let columns = (gemmN + BN / 4 - 1) / (BN / 4);
  let block = workgroup.y * workgroups.x + workgroup.x;
  let n0 = block % columns * (BN / 4);
  let tile0 = block / columns * TILES;
  if (tile0 >= tileCount()) { return; } // the whole workgroup does
  let product = local / 16;
  let row = local % 16 / (BN / TN); // its first tile, the others TILES / TM apart
  let column = local % (BN / TN); // its first vector of columns, the other BN / TN apart
  let kernels0 = 16 * TILES; // where kernels lie in tiles
  let loaded = tileAt(min(tile0 + local / 4, tileCount() - 1)); // a tile past the end takes the last one's values

  var acc: array<array<vec4f, TM>, TN / 4>;
  for (var k0 = 0u; k0 < gemmK; k0++) {
    if (local < 4 * TILES) {
      transform_patch(loaded, local % 4, k0, local / 4);
    } else {
      for (var i = local - 4 * TILES; i < 16 * BN; i += GROUP - 4 * TILES) {
        let n = n0 + i % (BN / 4);
        let k = k0 * 4 + i / (BN / 4) % 4;
        tiles[kernels0 + i] = kernels[(i / BN * p.OC + k) * gemmN + min(n, gemmN - 1)];
      }
    }
    workgroupBarrier(); // patches and kernels are whole
    var a: array<vec4f, TM>;
    for (var r = 0u; r < TM; r++) { a[r] = tiles[product * TILES + r * (TILES / TM) + row]; }
    for (var u = 0u; u < 4; u++) {
      for (var j = 0u; j < TN / 4; j++) {
        let b = tiles[kernels0 + (product * 4 + u) * (BN / 4) + j * (BN / TN) + column];
        for (var r = 0u; r < TM; r++) { acc[j][r] += a[r][u] * b; }
      }
    }
    workgroupBarrier(); // and no longer read: the next step may fill them
  }

  // Two vectors of columns at a time, for the sums of all take four times the memory that there is.
  for (var pair = 0u; pair < BN / 8; pair++) {
    if (column / 2 == pair % 2) {
      for (var r = 0u; r < TM; r++) {
        let sum = select(acc[0][r], acc[1][r], pair >= 2);
        tiles[(product * 2 + column % 2) * TILES + r * (TILES / TM) + row] = sum;
      }
    }
    workgroupBarrier(); // the sums are whole
    let item = local / 4; // a tile and a vector; four invocations take a pixel of it each
    let n = n0 + pair * 2 + item / TILES;
    if (tile0 + item % TILES < tileCount() && n < gemmN) {
      let tile = tileAt(tile0 + item % TILES);
      let h = tile.h * 2 + local % 4 / 2;
      let w = tile.w * 2 + local % 2;
      if (h < p.IH && w < p.IW) {
        dX[((tile.n * p.IH + h) * p.IW + w) * gemmN + n] = sum_of(item, local % 4 / 2, local % 2);
      }
    }
    workgroupBarrier(); // and no longer read
  }
}

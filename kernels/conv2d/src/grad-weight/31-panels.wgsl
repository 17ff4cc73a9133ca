// conv2d gradient of the weight, rung 31: F(2x2,3x3) turned round, with products of panels
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [16,IC/TM,T/4,TM,4], tiles
//           [16,OC/(4*LANES),T,LANES,4], T filled up to a multiple of 4 by zeros, and products [16,IC,OC] for the T = N
//           * ceil(OH/2) * ceil(OW/2) tiles; f32, dense, bound as vec4f, x by words; what else fills up a last panel is
//           never read into a sum that is kept
// GEMM      16 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input: workgroup -> LANES channels of four tiles; transform_gradient: -> LANES vectors of a tile;
//           main: -> LANES lanes side by side over channels, lane -> TM rows x 4 channels of one of the 16 products;
//           transform_output: -> LANES vectors of each tap of dWeight
// Traffic   TM loads of a vec4f at addresses that all lanes share, constant distances apart, and 4 of each lane's own,
//           for 16*TM multiply-adds of each lane, of which there are 16 for 4 pixels, 36 in plain sums: 31 FLOP/B with
//           8 lanes and TM = 48; a block of KB k's past the first loads its products once more; patches and tiles, 4
//           times x and dOut, are written and read once, and a word of each of their cache lines is touched ahead by
//           the transforms
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 4*TM sums, most of them in the cache beside the
//           core; transforms: up to 96 values
// Change    15 -> 31: the transforms write what main reads in the order in which it reads: patches in panels of TM rows
//           and tiles in panels of LANES vectors; main has TM = 48 and no second array of sums: what a block of KB k's
//           gives is added to what lies in products; a barrier, with which lavapipe compiles main to other code.
//           Transforms touch cache lines before lanes gather or scatter there
// Expect    nearly half rung 15's time on Mesa's lavapipe from 25.1 on: main goes at up to 48 GFLOPS a core in place of
//           33, as rows at constant distances need no offsets that are spilled, a gather feeds 48 rows, and products of
//           K <= KB have one store; transforms in half their time, as touched lines arrive together. Nothing on a GPU
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors several times those of plain sums. What is
//           touched, or read by lanes past the end, may lie outside, where WGSL keeps loads within the tensor, or be
//           written by another workgroup meanwhile: nobody uses it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 16, 32: in arrays of 16, as drivers unroll no loop of more turns
const KB = 256u; // k's summed in registers before they join `products`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> patches: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> tiles: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> products: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dWeight: array<vec4f>;

/// A tile's image and its place among the tiles of that image.
struct Tile { n: u32, h: u32, w: u32 }

fn tileCount() -> u32 { return params.N * ((params.OH + 1) / 2) * ((params.OW + 1) / 2); }

fn tileAt(index: u32) -> Tile {
  let height = (params.OH + 1) / 2;
  let width = (params.OW + 1) / 2;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// Groups of four tiles, which `patches` holds side by side; the last is filled up with zeros.
fn quadCount() -> u32 { return (tileCount() + 3) / 4; }

/// Panels of TM rows.
fn blockCount() -> u32 { return (params.IC + TM - 1) / TM; }

/// Brings the cache lines of LANES vectors into the cache, four to a line; what they hold is of no matter.
fn touchX(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 16) { seen |= bitcast<u32>(x[first + i]); }
  return seen;
}

fn touchDOut(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dOut[first + i].x); }
  return seen;
}

fn touchPatches(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(patches[first + i].x); }
  return seen;
}

fn touchTiles(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(tiles[first + i].x); }
  return seen;
}

fn touchProducts(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(products[first + i].x); }
  return seen;
}

fn touchDWeight(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dWeight[first + i].x); }
  return seen;
}

/// Does nothing, as there are images; a compiler that cannot know it keeps the touching loads.
fn keep(seen: u32) {
  if (params.N == 0) { dWeight[0].x = f32(seen); }
}

/// patches[4*a + b] = transpose(B) * patch * B for a channel of the 4x4 patches around four tiles;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
@compute @workgroup_size(LANES)
fn transform_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let pieces = (p.IC + LANES - 1) / LANES; // of LANES channels
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let quad = piece / pieces;
  if (quad >= quadCount()) { return; }
  var line: vec4u; // of each tile's patch: its first line in x, and its first line and column in the image
  var top: vec4u;
  var left: vec4u;
  for (var u = 0u; u < 4; u++) {
    let tile = tileAt(quad * 4 + u);
    top[u] = select(0x80000000u, tile.h * 2 - p.padding, tile.n < p.N); // above x it wraps to a huge number
    left[u] = tile.w * 2 - p.padding;
    line[u] = tile.n * p.IH + top[u];
  }
  let first = piece % pieces * LANES; // channel of the piece
  let size = blockCount() * quadCount() * TM;
  let to = (first / TM * quadCount() + quad) * TM + first % TM;
  var seen = 0u;
  for (var i = 0u; i < 16; i++) {
    let a = i / 4;
    let b = i % 4;
    for (var u = 0u; u < 4; u++) {
      if (top[u] + a < p.IH && left[u] + b < p.IW) {
        seen |= touchX(((line[u] + a) * p.IW + left[u] + b) * p.IC + first);
      }
    }
    seen |= touchPatches(i * size + to);
  }
  keep(seen);

  let ic = first + lane;
  if (ic >= p.IC) { return; }
  var rows: array<array<vec4f, 4>, 4>; // transpose(B) * patch, an element for each tile
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      for (var u = 0u; u < 4; u++) {
        let inside = top[u] + a < p.IH && left[u] + b < p.IW;
        d[a][u] = select(0.0, x[select(0u, ((line[u] + a) * p.IW + left[u] + b) * p.IC, inside) + ic], inside);
      }
    }
    rows[0][b] = d[0] - d[2];
    rows[1][b] = d[1] + d[2];
    rows[2][b] = d[2] - d[1];
    rows[3][b] = d[1] - d[3];
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    patches[(4 * a) * size + to + lane] = r[0] - r[2];
    patches[(4 * a + 1) * size + to + lane] = r[1] + r[2];
    patches[(4 * a + 2) * size + to + lane] = r[2] - r[1];
    patches[(4 * a + 3) * size + to + lane] = r[1] - r[3];
  }
}

/// tiles[4*a + b] = A * tile * transpose(A) for 4 channels of a 2x2 tile of dOut; A = [1 0; 1 1; 1 -1; 0 -1].
@compute @workgroup_size(LANES)
fn transform_gradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let channels = p.OC / 4; // in vectors
  let pieces = (channels + LANES - 1) / LANES; // of LANES vectors, and so panels
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let index = piece / pieces; // of the tile
  if (index >= quadCount() * 4) { return; }
  let first = piece % pieces * LANES; // vector of the piece
  let size = pieces * quadCount() * 4 * LANES;
  let to = (piece % pieces * quadCount() * 4 + index) * LANES;
  let tile = tileAt(index);
  let corner = (tile.n * p.OH + tile.h * 2) * p.OW + tile.w * 2; // the tile's first pixel
  var seen = 0u;
  for (var i = 0u; i < 4; i++) {
    seen |= touchDOut((corner + i / 2 * p.OW + i % 2) * channels + first);
  }
  for (var i = 0u; i < 16; i++) { seen |= touchTiles(i * size + to); }
  keep(seen);

  if (first + lane >= channels) { return; }
  var rows: array<array<vec4f, 2>, 4>; // A * tile
  for (var b = 0u; b < 2; b++) {
    let h = tile.h * 2;
    let w = tile.w * 2 + b;
    let pixel = (corner + b) * channels + first + lane;
    var top = vec4f();
    var bottom = vec4f();
    if (tile.n < p.N && w < p.OW) { top = dOut[pixel]; }
    if (tile.n < p.N && w < p.OW && h + 1 < p.OH) { bottom = dOut[pixel + p.OW * channels]; }
    rows[0][b] = top;
    rows[1][b] = top + bottom;
    rows[2][b] = top - bottom;
    rows[3][b] = -bottom;
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    tiles[(4 * a) * size + to + lane] = r[0];
    tiles[(4 * a + 1) * size + to + lane] = r[0] + r[1];
    tiles[(4 * a + 2) * size + to + lane] = r[0] - r[1];
    tiles[(4 * a + 3) * size + to + lane] = -r[1];
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // Nothing is shared: see rung 29 of forward.
  workgroupBarrier();
  let p = params;
  let gemmM = p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = quadCount() * 4; // past the tiles there are zeros on both sides
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = blockCount();
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let column = tile % columns;
  let block = tile / columns % blocks;
  let product = tile / (columns * blocks);
  if (product >= 16) { return; }
  let n0 = column * LANES + lane;
  let m0 = block * TM;
  let panel = (product * columns + column) * gemmK * LANES + lane;
  let rows = (product * blocks + block) * (gemmK / 4) * TM;

  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var part16 = array<vec4f, 16>();
    var part32 = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = tiles[panel + (k + u) * LANES]; }
      let a = rows + k / 4 * TM;
      for (var r = 0u; r < 16; r++) { part[r] += b * patches[a + r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { part16[r] += b * patches[a + 16 + r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { part32[r] += b * patches[a + 32 + r]; }
      }
    }
    if (k0 > 0) {
      for (var r = 0u; r < 16; r++) {
        part[r] += products[(product * gemmM + min(m0 + r, gemmM - 1)) * gemmN + min(n0, gemmN - 1)];
      }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) {
          part16[r] += products[(product * gemmM + min(m0 + 16 + r, gemmM - 1)) * gemmN + min(n0, gemmN - 1)];
        }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) {
          part32[r] += products[(product * gemmM + min(m0 + 32 + r, gemmM - 1)) * gemmN + min(n0, gemmN - 1)];
        }
      }
    }
    for (var r = 0u; r < 16; r++) {
      if (m0 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + r) * gemmN + n0] = part[r]; }
    }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 16 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + 16 + r) * gemmN + n0] = part16[r]; }
      }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 32 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + 32 + r) * gemmN + n0] = part32[r]; }
      }
    }
  }
}

/// dWeight = transpose(G) * products * G for 4 channels oc of an ic; transpose(G) = [1 .5 .5 0; 0 .5 -.5 0; 0 .5 .5 1].
@compute @workgroup_size(LANES)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let size = params.IC * params.OC / 4;
  let first = (workgroup.y * workgroups.x + workgroup.x) * LANES;
  if (first >= size) { return; }
  var seen = 0u;
  for (var i = 0u; i < 16; i++) { seen |= touchProducts(i * size + first); }
  for (var i = 0u; i < 9; i++) { seen |= touchDWeight(i * size + first); }
  keep(seen);

  let index = first + lane;
  if (index >= size) { return; }
  var rows: array<array<vec4f, 4>, 3>; // transpose(G) * products
  for (var b = 0u; b < 4; b++) {
    let m0 = products[b * size + index];
    let m1 = products[(4 + b) * size + index];
    let m2 = products[(8 + b) * size + index];
    let m3 = products[(12 + b) * size + index];
    rows[0][b] = m0 + 0.5 * (m1 + m2);
    rows[1][b] = 0.5 * (m1 - m2);
    rows[2][b] = 0.5 * (m1 + m2) + m3;
  }
  for (var kh = 0u; kh < 3; kh++) {
    let r = rows[kh];
    dWeight[(kh * 3) * size + index] = r[0] + 0.5 * (r[1] + r[2]);
    dWeight[(kh * 3 + 1) * size + index] = 0.5 * (r[1] - r[2]);
    dWeight[(kh * 3 + 2) * size + index] = 0.5 * (r[1] + r[2]) + r[3];
  }
}

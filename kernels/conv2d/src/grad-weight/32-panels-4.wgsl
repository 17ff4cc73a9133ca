// conv2d gradient of the weight, rung 32: F(4x4,3x3) turned round, with products of panels
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [36,IC/TM,T/4,TM,4], tiles
//           [36,OC/(4*LANES),T,LANES,4], T filled up to a multiple of 4 by zeros, and products [36,IC,OC] for the T = N
//           * ceil(OH/4) * ceil(OW/4) tiles; f32, dense, bound as vec4f, x by words; what else fills up a last panel is
//           never read into a sum that is kept
// GEMM      36 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input: workgroup -> LANES channels of four tiles; transform_gradient: -> LANES vectors of a tile;
//           main: -> LANES lanes side by side over channels, lane -> TM rows x 4 channels of one of the 36 products;
//           transform_output: -> LANES vectors of each tap of dWeight
// Traffic   TM loads of a vec4f at addresses that all lanes share, constant distances apart, and 4 of each lane's own,
//           for 16*TM multiply-adds of each lane, of which there are 36 for 16 pixels, 64 in rung 31: 55 FLOP/B with 8
//           lanes and TM = 48; a block of KB k's past the first loads its products once more; patches and tiles, 2.25
//           times x and dOut, are written and read once, and a word of each of their cache lines is touched ahead by
//           the transforms
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 4*TM sums, most of them in the cache beside the
//           core; transforms: up to 200 values
// Change    21 -> 32: the transforms write what main reads in the order in which it reads: patches in panels of TM rows
//           and tiles in panels of LANES vectors; main has TM = 48 and no second array of sums: what a block of KB k's
//           gives is added to what lies in products; a barrier, with which lavapipe compiles main to other code.
//           Transforms touch cache lines before lanes gather or scatter there
// Expect    nearly half rung 21's time on Mesa's lavapipe from 25.1 on: main goes at up to 48 GFLOPS a core in place of
//           33, as rows at constant distances need no offsets that are spilled, a gather feeds 48 rows, and products of
//           K <= KB have one store; transforms in half their time, as touched lines arrive together. Nothing on a GPU
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors up to ten times those of plain sums. What is
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

fn tileCount() -> u32 { return params.N * ((params.OH + 3) / 4) * ((params.OW + 3) / 4); }

fn tileAt(index: u32) -> Tile {
  let height = (params.OH + 3) / 4;
  let width = (params.OW + 3) / 4;
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

/// transpose(B) * d for six values of a patch;
/// transpose(B) = [4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1].
fn ofPatch(d: array<vec4f, 6>) -> array<vec4f, 6> {
  let even = d[4] - 4 * d[2];
  let odd = d[3] - 4 * d[1];
  let evenHalf = d[4] - d[2];
  let oddHalf = 2 * (d[3] - d[1]);
  return array<vec4f, 6>(
    4 * d[0] - 5 * d[2] + d[4],
    even + odd,
    even - odd,
    evenHalf + oddHalf,
    evenHalf - oddHalf,
    4 * d[1] - 5 * d[3] + d[5],
  );
}

/// patches[6*a + b] = transpose(B) * patch * B for a channel of the 6x6 patches around four tiles.
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
    top[u] = select(0x80000000u, tile.h * 4 - p.padding, tile.n < p.N); // above x it wraps to a huge number
    left[u] = tile.w * 4 - p.padding;
    line[u] = tile.n * p.IH + top[u];
  }
  let first = piece % pieces * LANES; // channel of the piece
  let size = blockCount() * quadCount() * TM;
  let to = (first / TM * quadCount() + quad) * TM + first % TM;
  var seen = 0u;
  for (var i = 0u; i < 36; i++) {
    let a = i / 6;
    let b = i % 6;
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
  var columns: array<array<vec4f, 6>, 6>; // transpose(B) * patch, an element for each tile
  for (var b = 0u; b < 6; b++) {
    var d: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) {
      for (var u = 0u; u < 4; u++) {
        let inside = top[u] + a < p.IH && left[u] + b < p.IW;
        d[a][u] = select(0.0, x[select(0u, ((line[u] + a) * p.IW + left[u] + b) * p.IC, inside) + ic], inside);
      }
    }
    columns[b] = ofPatch(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = array<vec4f, 6>(
      columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a],
    );
    let values = ofPatch(row);
    for (var b = 0u; b < 6; b++) { patches[(6 * a + b) * size + to + lane] = values[b]; }
  }
}

/// A * d for four values of dOut; A = [1 0 0 0; 1 1 1 1; 1 -1 1 -1; 1 2 4 8; 1 -2 4 -8; 0 0 0 1].
fn ofGradient(d: array<vec4f, 4>) -> array<vec4f, 6> {
  let even = d[0] + d[2];
  let odd = d[1] + d[3];
  let evenWide = d[0] + 4 * d[2];
  let oddWide = 2 * d[1] + 8 * d[3];
  return array<vec4f, 6>(d[0], even + odd, even - odd, evenWide + oddWide, evenWide - oddWide, d[3]);
}

/// tiles[6*a + b] = A * tile * transpose(A) for 4 channels of a 4x4 tile of dOut.
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
  let corner = (tile.n * p.OH + tile.h * 4) * p.OW + tile.w * 4; // the tile's first pixel
  var seen = 0u;
  for (var i = 0u; i < 16; i++) {
    seen |= touchDOut((corner + i / 4 * p.OW + i % 4) * channels + first);
  }
  for (var i = 0u; i < 36; i++) { seen |= touchTiles(i * size + to); }
  keep(seen);

  if (first + lane >= channels) { return; }
  var columns: array<array<vec4f, 6>, 4>; // A * tile
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      let h = tile.h * 4 + a;
      let w = tile.w * 4 + b;
      d[a] = vec4f();
      if (tile.n < p.N && h < p.OH && w < p.OW) { d[a] = dOut[(corner + a * p.OW + b) * channels + first + lane]; }
    }
    columns[b] = ofGradient(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = ofGradient(array<vec4f, 4>(columns[0][a], columns[1][a], columns[2][a], columns[3][a]));
    for (var b = 0u; b < 6; b++) { tiles[(6 * a + b) * size + to + lane] = row[b]; }
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
  if (product >= 36) { return; }
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

/// transpose(G) * m for six products;
/// transpose(G) = [1/4 -1/6 -1/6 1/24 1/24 0; 0 -1/6 1/6 1/12 -1/12 0; 0 -1/6 -1/6 1/6 1/6 1].
fn toKernel(m: array<vec4f, 6>) -> array<vec4f, 3> {
  let sum = (1.0 / -6.0) * (m[1] + m[2]);
  let sumWide = m[3] + m[4];
  return array<vec4f, 3>(
    0.25 * m[0] + sum + (1.0 / 24.0) * sumWide,
    (1.0 / -6.0) * (m[1] - m[2]) + (1.0 / 12.0) * (m[3] - m[4]),
    sum + (1.0 / 6.0) * sumWide + m[5],
  );
}

/// dWeight = transpose(G) * products * G for 4 channels oc of an ic.
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
  for (var i = 0u; i < 36; i++) { seen |= touchProducts(i * size + first); }
  for (var i = 0u; i < 9; i++) { seen |= touchDWeight(i * size + first); }
  keep(seen);

  let index = first + lane;
  if (index >= size) { return; }
  var columns: array<array<vec4f, 3>, 6>; // transpose(G) * products
  for (var b = 0u; b < 6; b++) {
    var m: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) { m[a] = products[(6 * a + b) * size + index]; }
    columns[b] = toKernel(m);
  }
  for (var kh = 0u; kh < 3; kh++) {
    let row = array<vec4f, 6>(
      columns[0][kh], columns[1][kh], columns[2][kh], columns[3][kh], columns[4][kh], columns[5][kh],
    );
    let taps = toKernel(row);
    for (var kw = 0u; kw < 3; kw++) { dWeight[(kh * 3 + kw) * size + index] = taps[kw]; }
  }
}

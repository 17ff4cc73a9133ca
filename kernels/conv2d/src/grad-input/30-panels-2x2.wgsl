// conv2d gradient of the input, rung 30: Winograd's F(2x2,3x3) with products of panels
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n, ih+padding-kh, iw+padding-kw, oc] * weight[kh,kw,ic,oc],
//           which is forward's convolution of dOut with weight turned by 180 degrees and padding 2 - padding
// Layout    dOut [N,OH,OW,OC], weight [3,3,IC,OC], dX [N,IH,IW,IC]; kernels [16,IC/(4*LANES),OC,LANES,4], patches
//           [16,T/TM,OC/16,TM,16] and products [16,T,IC] for the T = N * ceil(IH/2) * ceil(IW/2) tiles; f32, dense,
//           bound as vec4f; what fills up a last panel is never read into a sum that is kept
// GEMM      16 times: M = T tiles, N = IC, K = OC
// Mapping   transform_weight: workgroup -> LANES blocks of 4x4 of kernels; transform_input: -> LANES vectors of a tile;
//           main: -> LANES lanes side by side over channels, lane -> TM tiles x 4 channels of one of the 16 products;
//           transform_output: -> LANES vectors of a tile
// Traffic   TM loads of a vec4f at addresses that all lanes share, constant distances apart, and 4 of each lane's own,
//           for 16*TM multiply-adds of each lane, of which there are 16 for 4 sums, 36 in plain sums: 31 FLOP/B with 8
//           lanes and TM = 48; a block of KB k's past the first loads its products once more; patches and products, 4
//           times dOut and dX, are written and read once, and a word of each of their cache lines is touched ahead by
//           the transforms
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 4*TM sums, most of them in the cache beside the
//           core; transforms: up to 256 values
// Change    15 -> 30: the transforms write what main reads in the order in which it reads: patches in panels of TM
//           tiles, a cache line of 16 k's of each side by side, and kernels in panels of LANES vectors; main has TM =
//           48 and no second array of sums: what a block of KB k's gives is added to what lies in products; a barrier,
//           with which lavapipe compiles main to other code. Transforms touch cache lines before lanes gather or
//           scatter there
// Expect    nearly half rung 15's time on Mesa's lavapipe from 25.1 on: main goes at up to 48 GFLOPS a core in place of
//           33, as rows at constant distances need no offsets that are spilled, a gather feeds 48 rows, and products of
//           K <= KB have one store; transforms in half their time, as touched lines arrive together. Nothing on a GPU
// Edges     3x3, stride 1, padding of at most 2; IC and OC multiples of 4; a pixel outside dOut counts 0, a tile's sums
//           outside dX are dropped; cancelling terms make errors several times those of plain sums. What is
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
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> kernels: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> patches: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> products: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dX: array<vec4f>;

/// A tile's image and its place among the tiles of that image.
struct Tile { n: u32, h: u32, w: u32 }

fn tileCount() -> u32 { return params.N * ((params.IH + 1) / 2) * ((params.IW + 1) / 2); }

fn tileAt(index: u32) -> Tile {
  let height = (params.IH + 1) / 2;
  let width = (params.IW + 1) / 2;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// Panels of TM tiles.
fn blockCount() -> u32 { return (tileCount() + TM - 1) / TM; }

/// Brings the cache lines of LANES vectors into the cache, four to a line; what they hold is of no matter.
fn touchDOut(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dOut[first + i].x); }
  return seen;
}

fn touchProducts(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(products[first + i].x); }
  return seen;
}

fn touchDX(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dX[first + i].x); }
  return seen;
}

/// Does nothing, as there are images; a compiler that cannot know it keeps the touching loads.
fn keep(seen: u32) {
  if (params.N == 0) { dX[0].x = f32(seen); }
}

/// kernels[4*a + b] = G * turned * transpose(G) for 4 channels oc and 4 channels ic, where turned[kh,kw] is
/// weight[2-kh,2-kw]; G = [1 0 0; .5 .5 .5; .5 -.5 .5; 0 0 1].
@compute @workgroup_size(LANES)
fn transform_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let ics = params.IC / 4; // in vectors
  let ocs = params.OC / 4;
  // Lanes lie 4 side by side over ic and LANES / 4 over oc, so that they use whole lines of both.
  let pieces = (ics + 3) / 4;
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let ic0 = piece % pieces * 4;
  let oc0 = piece / pieces * (LANES / 4);
  if (oc0 >= ocs) { return; }
  let panels = (ics + LANES - 1) / LANES * params.OC * LANES; // vectors of a product's
  let panel = ic0 / LANES * params.OC * LANES + ic0 % LANES;
  var seen = 0u;
  for (var tap = 0u; tap < 9; tap++) {
    for (var i = 0u; i < 16; i++) {
      seen |= bitcast<u32>(weight[(tap * params.IC + ic0 * 4 + i) * ocs + oc0].x);
    }
  }
  for (var i = 0u; i < 16; i++) {
    for (var u = 0u; u < LANES; u++) {
      seen |= bitcast<u32>(kernels[i * panels + panel + (oc0 * 4 + u) * LANES].x);
    }
  }
  keep(seen);

  let ic = ic0 + lane % 4;
  let oc = oc0 + lane / 4;
  if (ic >= ics || oc >= ocs) { return; }
  let to = panel + oc * 4 * LANES + lane % 4;
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
      for (var u = 0u; u < 4; u++) { kernels[(4 * a + b) * panels + to + u * LANES] = kernel[b][u]; }
    }
  }
}

/// patches[4*a + b] = transpose(B) * patch * B for 4 channels of the 4x4 patch around a tile;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
@compute @workgroup_size(LANES)
fn transform_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let channels = p.OC / 4; // in vectors
  let lines = (channels + 3) / 4;
  let pieces = (channels + LANES - 1) / LANES; // of LANES vectors
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let index = piece / pieces; // of the tile
  if (index >= tileCount()) { return; }
  let first = piece % pieces * LANES; // vector of the piece
  let size = blockCount() * lines * (4 * TM);
  let to = ((index / TM * lines + first / 4) * TM + index % TM) * 4;
  let tile = tileAt(index);
  let top = tile.h * 2 + p.padding - 2; // above the image it wraps to a huge number
  let left = tile.w * 2 + p.padding - 2;
  let corner = (tile.n * p.OH + top) * p.OW + left; // the patch's first pixel, where there is one
  var seen = 0u;
  for (var i = 0u; i < 16; i++) {
    let a = i / 4;
    let b = i % 4;
    if (top + a < p.OH && left + b < p.OW) { seen |= touchDOut((corner + a * p.OW + b) * channels + first); }
    for (var j = 0u; j < LANES; j += 4) { seen |= bitcast<u32>(patches[i * size + to + j * TM].x); }
  }
  keep(seen);

  if (first + lane >= channels) { return; }
  let place = to + lane / 4 * (4 * TM) + lane % 4;
  var rows: array<array<vec4f, 4>, 4>; // transpose(B) * patch
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      d[a] = vec4f();
      if (top + a < p.OH && left + b < p.OW) { d[a] = dOut[(corner + a * p.OW + b) * channels + first + lane]; }
    }
    rows[0][b] = d[0] - d[2];
    rows[1][b] = d[1] + d[2];
    rows[2][b] = d[2] - d[1];
    rows[3][b] = d[1] - d[3];
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    patches[(4 * a) * size + place] = r[0] - r[2];
    patches[(4 * a + 1) * size + place] = r[1] + r[2];
    patches[(4 * a + 2) * size + place] = r[2] - r[1];
    patches[(4 * a + 3) * size + place] = r[1] - r[3];
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
  let gemmM = tileCount();
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC;
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
  let rows = (product * blocks + block) * ((gemmK + 15) / 16) * (4 * TM);

  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var part16 = array<vec4f, 16>();
    var part32 = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = kernels[panel + (k + u) * LANES]; }
      let a = rows + k / 16 * (4 * TM) + k / 4 % 4;
      for (var r = 0u; r < 16; r++) { part[r] += b * patches[a + 4 * r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { part16[r] += b * patches[a + 4 * (16 + r)]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { part32[r] += b * patches[a + 4 * (32 + r)]; }
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

/// dX's 2x2 tile = transpose(A) * products * A for 4 channels; transpose(A) = [1 1 1 0; 0 1 -1 -1].
@compute @workgroup_size(LANES)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let channels = p.IC / 4; // in vectors
  let pieces = (channels + LANES - 1) / LANES; // of LANES vectors
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let index = piece / pieces; // of the tile
  if (index >= tileCount()) { return; }
  let first = piece % pieces * LANES; // vector of the piece
  let size = tileCount() * channels;
  let at = index * channels + first;
  let tile = tileAt(index);
  let corner = (tile.n * p.IH + tile.h * 2) * p.IW + tile.w * 2; // the tile's first pixel
  var seen = 0u;
  for (var i = 0u; i < 16; i++) { seen |= touchProducts(i * size + at); }
  for (var i = 0u; i < 4; i++) {
    seen |= touchDX((corner + i / 2 * p.IW + i % 2) * channels + first);
  }
  keep(seen);

  if (first + lane >= channels) { return; }
  var rows: array<array<vec4f, 4>, 2>; // transpose(A) * products
  for (var b = 0u; b < 4; b++) {
    let m0 = products[b * size + at + lane];
    let m1 = products[(4 + b) * size + at + lane];
    let m2 = products[(8 + b) * size + at + lane];
    let m3 = products[(12 + b) * size + at + lane];
    rows[0][b] = m0 + m1 + m2;
    rows[1][b] = m1 - m2 - m3;
  }
  for (var a = 0u; a < 2; a++) {
    let h = tile.h * 2 + a;
    let pixel = (corner + a * p.IW) * channels + first + lane;
    let r = rows[a];
    if (h < p.IH) { dX[pixel] = r[0] + r[1] + r[2]; }
    if (h < p.IH && tile.w * 2 + 1 < p.IW) { dX[pixel + channels] = r[1] - r[2] - r[3]; }
  }
}

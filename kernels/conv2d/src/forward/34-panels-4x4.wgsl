// conv2d forward, rung 34: Winograd's F(4x4,3x3) with products of panels
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of x[n, oh+kh-padding, ow+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [3,3,IC,OC], out [N,OH,OW,OC]; kernels [36,OC/(4*LANES),IC,LANES,4], patches
//           [36,T/TM,IC/16,TM,16] and products [36,T,OC] for the T = N * ceil(OH/4) * ceil(OW/4) tiles; f32, dense,
//           bound as vec4f; what fills up a last panel is never read into a sum that is kept
// GEMM      36 times: M = T tiles, N = OC, K = IC
// Mapping   transform_weight: workgroup of one invocation -> an ic of kernels; transform_input: workgroup -> LANES
//           vectors of a tile; main: -> LANES lanes side by side over channels, lane -> TM tiles x 4 channels of one of
//           the 36 products; transform_output: -> LANES vectors of a tile
// Traffic   TM loads of a vec4f at addresses that all lanes share, constant distances apart, and 4 of each lane's own,
//           for 16*TM multiply-adds of each lane, of which there are 36 for 16 sums, 64 in rung 33: 55 FLOP/B with 8
//           lanes and TM = 48; a block of KB k's past the first loads its products once more; patches and products,
//           2.25 times x and out, are written and read once, and a word of each of their cache lines is touched ahead
//           by the transforms
// Resources no workgroup memory; 16 invocations a workgroup; 1 in transform_weight; a barrier; 4*TM sums, most of them
//           in the cache beside the core; transforms: up to 200 values
// Change    24 -> 34: the transforms write what main reads in the order in which it reads: patches in panels of TM
//           tiles, a cache line of 16 k's of each side by side, and kernels in panels of LANES vectors; main has TM =
//           48 and no second array of sums: what a block of KB k's gives is added to what lies in products; a barrier,
//           with which lavapipe compiles main to other code. Transforms touch cache lines before lanes gather or
//           scatter there
// Expect    nearly half rung 24's time on Mesa's lavapipe from 25.1 on: main goes at up to 48 GFLOPS a core in place of
//           33, as rows at constant distances need no offsets that are spilled, a gather feeds 48 rows, and products of
//           K <= KB have one store; transforms in half their time, as touched lines arrive together. Nothing on a GPU
// Edges     3x3, stride 1, padding of at most 2; IC and OC multiples of 4; a pixel outside x counts 0, a tile's sums
//           outside out are dropped; cancelling terms make errors up to ten times those of plain sums. What is
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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> kernels: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> patches: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> products: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

/// A tile's image and its place among the tiles of that image.
struct Tile { n: u32, h: u32, w: u32 }

fn tileCount() -> u32 { return params.N * ((params.OH + 3) / 4) * ((params.OW + 3) / 4); }

fn tileAt(index: u32) -> Tile {
  let height = (params.OH + 3) / 4;
  let width = (params.OW + 3) / 4;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// Panels of TM tiles.
fn blockCount() -> u32 { return (tileCount() + TM - 1) / TM; }

/// Brings the cache lines of LANES vectors into the cache, four to a line; what they hold is of no matter.
fn touchX(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(x[first + i].x); }
  return seen;
}

fn touchProducts(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(products[first + i].x); }
  return seen;
}

fn touchOut(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(out[first + i].x); }
  return seen;
}

/// Does nothing, as there are images; a compiler that cannot know it keeps the touching loads.
fn keep(seen: u32) {
  if (params.N == 0) { out[0].x = f32(seen); }
}

/// G * g for three values of a kernel;
/// G = [1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0 0 1].
fn ofKernel(g: array<vec4f, 3>) -> array<vec4f, 6> {
  let even = (1.0 / -6.0) * (g[0] + g[2]);
  let odd = (1.0 / -6.0) * g[1];
  let evenWide = (1.0 / 24.0) * g[0] + (1.0 / 6.0) * g[2];
  let oddWide = (1.0 / 12.0) * g[1];
  return array<vec4f, 6>(0.25 * g[0], even + odd, even - odd, evenWide + oddWide, evenWide - oddWide, g[2]);
}

/// kernels[6*a + b] = G * weight * transpose(G) for 4 channels oc of one ic.
@compute @workgroup_size(1)
fn transform_weight(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ic = workgroup.y * workgroups.x + workgroup.x;
  if (ic >= params.IC) { return; }
  let ocs = params.OC / 4; // in vectors
  let size = params.IC * ocs;
  let start = ic * ocs;
  let panels = (ocs + LANES - 1) / LANES * params.IC * LANES; // vectors of a product's
  for (var n = 0u; n < ocs; n++) {
    let to = (n / LANES * params.IC + ic) * LANES + n % LANES;
    var columns: array<array<vec4f, 6>, 3>; // G * weight
    for (var kw = 0u; kw < 3; kw++) {
      var g: array<vec4f, 3>;
      for (var kh = 0u; kh < 3; kh++) { g[kh] = weight[(kh * 3 + kw) * size + start + n]; }
      columns[kw] = ofKernel(g);
    }
    for (var a = 0u; a < 6; a++) {
      let kernel = ofKernel(array<vec4f, 3>(columns[0][a], columns[1][a], columns[2][a]));
      for (var b = 0u; b < 6; b++) { kernels[(6 * a + b) * panels + to] = kernel[b]; }
    }
  }
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

/// patches[6*a + b] = transpose(B) * patch * B for 4 channels of the 6x6 patch around a tile.
@compute @workgroup_size(LANES)
fn transform_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let channels = p.IC / 4; // in vectors
  let lines = (channels + 3) / 4;
  let pieces = (channels + LANES - 1) / LANES; // of LANES vectors
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let index = piece / pieces; // of the tile
  if (index >= tileCount()) { return; }
  let first = piece % pieces * LANES; // vector of the piece
  let size = blockCount() * lines * (4 * TM);
  let to = ((index / TM * lines + first / 4) * TM + index % TM) * 4;
  let tile = tileAt(index);
  let top = tile.h * 4 - p.padding; // above the image it wraps to a huge number
  let left = tile.w * 4 - p.padding;
  let corner = (tile.n * p.IH + top) * p.IW + left; // the patch's first pixel, where there is one
  var seen = 0u;
  for (var i = 0u; i < 36; i++) {
    let a = i / 6;
    let b = i % 6;
    if (top + a < p.IH && left + b < p.IW) { seen |= touchX((corner + a * p.IW + b) * channels + first); }
    for (var j = 0u; j < LANES; j += 4) { seen |= bitcast<u32>(patches[i * size + to + j * TM].x); }
  }
  keep(seen);

  if (first + lane >= channels) { return; }
  let place = to + lane / 4 * (4 * TM) + lane % 4;
  var columns: array<array<vec4f, 6>, 6>; // transpose(B) * patch
  for (var b = 0u; b < 6; b++) {
    var d: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) {
      d[a] = vec4f();
      if (top + a < p.IH && left + b < p.IW) { d[a] = x[(corner + a * p.IW + b) * channels + first + lane]; }
    }
    columns[b] = ofPatch(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = array<vec4f, 6>(columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a]);
    let values = ofPatch(row);
    for (var b = 0u; b < 6; b++) { patches[(6 * a + b) * size + place] = values[b]; }
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
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.IC;
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

/// transpose(A) * m for six products; transpose(A) = [1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 1].
fn ofProducts(m: array<vec4f, 6>) -> array<vec4f, 4> {
  let sum = m[1] + m[2];
  let difference = m[1] - m[2];
  let sumWide = m[3] + m[4];
  let differenceWide = m[3] - m[4];
  return array<vec4f, 4>(
    m[0] + sum + sumWide,
    difference + 2 * differenceWide,
    sum + 4 * sumWide,
    difference + 8 * differenceWide + m[5],
  );
}

/// out's 4x4 tile = transpose(A) * products * A for 4 channels.
@compute @workgroup_size(LANES)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let channels = p.OC / 4; // in vectors
  let pieces = (channels + LANES - 1) / LANES; // of LANES vectors
  let piece = workgroup.y * workgroups.x + workgroup.x;
  let index = piece / pieces; // of the tile
  if (index >= tileCount()) { return; }
  let first = piece % pieces * LANES; // vector of the piece
  let size = tileCount() * channels;
  let at = index * channels + first;
  let tile = tileAt(index);
  let corner = (tile.n * p.OH + tile.h * 4) * p.OW + tile.w * 4; // the tile's first pixel
  var seen = 0u;
  for (var i = 0u; i < 36; i++) { seen |= touchProducts(i * size + at); }
  for (var i = 0u; i < 16; i++) {
    seen |= touchOut((corner + i / 4 * p.OW + i % 4) * channels + first);
  }
  keep(seen);

  if (first + lane >= channels) { return; }
  var columns: array<array<vec4f, 4>, 6>; // transpose(A) * products
  for (var b = 0u; b < 6; b++) {
    var m: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) { m[a] = products[(6 * a + b) * size + at + lane]; }
    columns[b] = ofProducts(m);
  }
  for (var a = 0u; a < 4; a++) {
    let h = tile.h * 4 + a;
    let row = array<vec4f, 6>(columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a]);
    let sums = ofProducts(row);
    for (var b = 0u; b < 4; b++) {
      let w = tile.w * 4 + b;
      if (h < p.OH && w < p.OW) { out[(corner + a * p.OW + b) * channels + first + lane] = sums[b]; }
    }
  }
}

// conv2d gradient of the input, rung 23: Winograd's F(4x4,3x3) with patches at addresses that all lanes share
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n, ih+padding-kh, iw+padding-kw, oc] * weight[kh,kw,ic,oc],
//           which is forward's convolution of dOut with weight turned by 180 degrees and padding 2 - padding
// Layout    dOut [N,OH,OW,OC], weight [3,3,IC,OC], dX [N,IH,IW,IC]; kernels [36,OC,IC], patches [36,T,OC] and products
//           [36,T,IC] for the T = N * ceil(IH/4) * ceil(IW/4) tiles; f32, dense, bound as vec4f
// GEMM      36 times: M = T tiles, N = IC, K = OC
// Mapping   transform_weight: invocation -> a 4x4 block of kernels; transform_input: -> 4 channels of a tile; main:
//           workgroup -> LANES lanes side by side over channels, lane -> TM tiles x 4 channels of one of the 36
//           products, as rung 13 does rows; transform_output: invocation -> 4 channels of a tile
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane, of which there are 36 for 16 sums, 64 in rung 15: 43 FLOP/B with 16 lanes and TM = 32; patches and
//           products, 2.25 times dOut and dX, are written and read once
// Resources no workgroup memory; 16 invocations a workgroup in main; 256 sums (acc and part, TM vectors each), most of
//           them in the cache beside the core; transforms: 64 invocations a workgroup, up to 400 values
// Change    15 -> 23: tiles of 4x4 in place of 2x2: patches of 6x6 and 36 products for 16 sums, where four small tiles
//           take 64 (Lavin and Gray 2016, section 4.3); the transforms are those of rung 20
// Expect    up to 1.78 times rung 15, and transforms that move 2.25 numbers for one, not 4; less where tiles are few,
//           as the transformed weights are 36 numbers for 9, not 16; where the image is no multiple of 4 the last tiles
//           are partly empty
// Edges     3x3, stride 1, padding of at most 2; IC and OC multiples of 4; a pixel outside dOut counts 0, a tile's sums
//           outside dX are dropped; cancelling terms make errors up to ten times those of plain sums
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const WORKGROUP = 64u; // of the transforms

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

fn tileCount() -> u32 { return params.N * ((params.IH + 3) / 4) * ((params.IW + 3) / 4); }

fn tileAt(index: u32) -> Tile {
  let height = (params.IH + 3) / 4;
  let width = (params.IW + 3) / 4;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// G * g for three values of a kernel;
/// G = [1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0 0 1].
fn ofKernel(g: array<mat4x4f, 3>) -> array<mat4x4f, 6> {
  let even = (1.0 / -6.0) * (g[0] + g[2]);
  let odd = (1.0 / -6.0) * g[1];
  let evenWide = (1.0 / 24.0) * g[0] + (1.0 / 6.0) * g[2];
  let oddWide = (1.0 / 12.0) * g[1];
  return array<mat4x4f, 6>(0.25 * g[0], even + odd, even - odd, evenWide + oddWide, evenWide - oddWide, g[2]);
}

/// kernels[6*a + b] = G * turned * transpose(G) for 4 channels oc and 4 channels ic, where turned[kh,kw] is
/// weight[2-kh,2-kw].
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
  var columns: array<array<mat4x4f, 6>, 3>; // G * turned, a column of a matrix for each oc
  for (var kw = 0u; kw < 3; kw++) {
    var g: array<mat4x4f, 3>;
    for (var kh = 0u; kh < 3; kh++) {
      let tap = (2 - kh) * 3 + 2 - kw;
      var square: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { square[u] = weight[(tap * params.IC + ic * 4 + u) * ocs + oc]; }
      g[kh] = transpose(square);
    }
    columns[kw] = ofKernel(g);
  }
  for (var a = 0u; a < 6; a++) {
    let kernel = ofKernel(array<mat4x4f, 3>(columns[0][a], columns[1][a], columns[2][a]));
    for (var b = 0u; b < 6; b++) {
      for (var u = 0u; u < 4; u++) { kernels[((6 * a + b) * params.OC + oc * 4 + u) * ics + ic] = kernel[b][u]; }
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
@compute @workgroup_size(WORKGROUP)
fn transform_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let channels = p.OC / 4;
  let size = tileCount() * channels;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size) { return; }
  let tile = tileAt(index / channels);
  var columns: array<array<vec4f, 6>, 6>; // transpose(B) * patch
  for (var b = 0u; b < 6; b++) {
    var d: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) {
      let h = tile.h * 4 + a + p.padding - 2; // above the image it wraps to a huge number
      let w = tile.w * 4 + b + p.padding - 2;
      d[a] = vec4f();
      if (h < p.OH && w < p.OW) { d[a] = dOut[((tile.n * p.OH + h) * p.OW + w) * channels + index % channels]; }
    }
    columns[b] = ofPatch(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = array<vec4f, 6>(columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a]);
    let values = ofPatch(row);
    for (var b = 0u; b < 6; b++) { patches[(6 * a + b) * size + index] = values[b]; }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let gemmM = tileCount();
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC;
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let m0 = tile / columns % blocks * TM;
  let product = tile / (columns * blocks);
  if (product >= 36) { return; }

  // The start of each row; a row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = (product * gemmM + min(m0 + r, gemmM - 1)) * (gemmK / 4); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = (product * gemmM + min(m0 + 16 + r, gemmM - 1)) * (gemmK / 4); }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = kernels[(product * gemmK + k + u) * gemmN + min(n0, gemmN - 1)]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * patches[row[r] + k / 4]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * patches[rowBelow[r] + k / 4]; }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
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

/// dX's 4x4 tile = transpose(A) * products * A for 4 channels.
@compute @workgroup_size(WORKGROUP)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let channels = p.IC / 4;
  let size = tileCount() * channels;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size) { return; }
  let tile = tileAt(index / channels);
  var columns: array<array<vec4f, 4>, 6>; // transpose(A) * products
  for (var b = 0u; b < 6; b++) {
    var m: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) { m[a] = products[(6 * a + b) * size + index]; }
    columns[b] = ofProducts(m);
  }
  for (var a = 0u; a < 4; a++) {
    let h = tile.h * 4 + a;
    let row = array<vec4f, 6>(columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a]);
    let sums = ofProducts(row);
    for (var b = 0u; b < 4; b++) {
      let w = tile.w * 4 + b;
      if (h < p.IH && w < p.IW) { dX[((tile.n * p.IH + h) * p.IW + w) * channels + index % channels] = sums[b]; }
    }
  }
}

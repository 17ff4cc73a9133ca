// conv2d gradient of the input, rung 15: Winograd's F(2x2,3x3) with patches at addresses that all lanes share
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n, ih+padding-kh, iw+padding-kw, oc] * weight[kh,kw,ic,oc],
//           which is forward's convolution of dOut with weight turned by 180 degrees and padding 2 - padding
// Layout    dOut [N,OH,OW,OC], weight [3,3,IC,OC], dX [N,IH,IW,IC]; kernels [16,OC,IC], patches [16,T,OC] and
//           products [16,T,IC] for the T = N * ceil(IH/2) * ceil(IW/2) tiles; f32, dense, bound as vec4f
// GEMM      16 times: M = T tiles, N = IC, K = OC
// Mapping   transform_weight: invocation -> a 4x4 block of kernels; transform_input: -> 4 channels of a tile;
//           main: workgroup -> LANES lanes side by side over channels, lane -> TM tiles x 4 channels of one of the 16
//           products, as rung 13 does rows; transform_output: invocation -> 4 channels of a tile
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane, of which there are 16 for 4 sums, 36 in rung 14: 24 FLOP/B with 16 lanes and TM = 32; patches and products, 4 times dOut and dX,
//           are written and read once
// Resources no workgroup memory; 16 invocations a workgroup in main; 256 sums (acc and part, TM vectors each), most of
//           them in the cache beside the core; transforms: 64 invocations a workgroup, up to 256 values
// Change    10 -> 15: main runs the product of rung 13 for each of the 16, was that of rung 09: patches are read at
//           addresses that all lanes share, no shuffles, no subgroup, 32 tiles to a lane
// Expect    more than rung 10 where a driver loads a shared address once (lavapipe from Mesa 25.1 on), as its products go
//           at the rate of rung 13; the transforms stay
// Edges     3x3, stride 1, padding of at most 2; IC and OC multiples of 4; a pixel outside dOut counts 0, a tile's sums
//           outside dX are dropped; cancelling terms make errors several times those of plain sums
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

/// patches[4*a + b] = transpose(B) * patch * B for 4 channels of the 4x4 patch around a tile;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
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
  var rows: array<array<vec4f, 4>, 4>; // transpose(B) * patch
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      let h = tile.h * 2 + a - (2 - p.padding); // above the image it wraps to a huge number
      let w = tile.w * 2 + b - (2 - p.padding);
      d[a] = vec4f();
      if (h < p.OH && w < p.OW) { d[a] = dOut[((tile.n * p.OH + h) * p.OW + w) * channels + index % channels]; }
    }
    rows[0][b] = d[0] - d[2];
    rows[1][b] = d[1] + d[2];
    rows[2][b] = d[2] - d[1];
    rows[3][b] = d[1] - d[3];
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    patches[(4 * a) * size + index] = r[0] - r[2];
    patches[(4 * a + 1) * size + index] = r[1] + r[2];
    patches[(4 * a + 2) * size + index] = r[2] - r[1];
    patches[(4 * a + 3) * size + index] = r[1] - r[3];
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
  if (product >= 16) { return; }

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

/// dX's 2x2 tile = transpose(A) * products * A for 4 channels; transpose(A) = [1 1 1 0; 0 1 -1 -1].
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
  var rows: array<array<vec4f, 4>, 2>; // transpose(A) * products
  for (var b = 0u; b < 4; b++) {
    let m0 = products[b * size + index];
    let m1 = products[(4 + b) * size + index];
    let m2 = products[(8 + b) * size + index];
    let m3 = products[(12 + b) * size + index];
    rows[0][b] = m0 + m1 + m2;
    rows[1][b] = m1 - m2 - m3;
  }
  for (var a = 0u; a < 2; a++) {
    let h = tile.h * 2 + a;
    let w = tile.w * 2;
    let at = ((tile.n * p.IH + h) * p.IW + w) * channels + index % channels;
    let r = rows[a];
    if (h < p.IH) { dX[at] = r[0] + r[1] + r[2]; }
    if (h < p.IH && w + 1 < p.IW) { dX[at + channels] = r[1] - r[2] - r[3]; }
  }
}

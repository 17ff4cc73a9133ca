// conv2d gradient of the weight, rung 15: Winograd's F(2x2,3x3) turned round, four tiles of a step side by side
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [16,T/4,IC,4], tiles [16,T,OC] and
//           products [16,IC,OC] for the T = N * ceil(OH/2) * ceil(OW/2) tiles; f32, dense, bound as vec4f, x by words
// GEMM      16 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input: workgroup -> four tiles, its lanes side by side over channels; transform_gradient:
//           invocation -> 4 channels of a tile;
//           main: workgroup -> LANES lanes side by side over channels, lane -> TM rows x 4 channels of one of the 16
//           products, as rung 14 does rows; transform_output: invocation -> 4 elements of each tap of dWeight
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane, of which there are 16 for 4 pixels, 36 in rung 14: 24 FLOP/B with 16 lanes and TM = 32; patches and
//           tiles, 4 times x and dOut, are written and read once
// Resources no workgroup memory; 16 invocations a workgroup in main; 256 sums (acc and part, TM vectors each), most of
//           them in the cache beside the core; transforms: up to 80 values
// Change    11 -> 15: main runs the product of rung 14 for each of the 16, was that of rung 10; the transform of x writes
//           the four tiles of a step as one vector, so that the copy of rung 14 costs nothing more
// Expect    more than rung 11 where a driver loads a shared address once (lavapipe from Mesa 25.1 on), as its products go
//           at the rate of rung 14's; the transforms stay
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors several times those of plain sums
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const WORKGROUP = 64u; // of the transforms

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

/// patches[4*a + b] = transpose(B) * patch * B for a channel of the 4x4 patches around four tiles;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
@compute @workgroup_size(LANES)
fn transform_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let quad = workgroup.y * workgroups.x + workgroup.x;
  if (quad >= quadCount()) { return; }
  var line: vec4u; // of each tile's patch: its first line in x, and its first line and column in the image
  var top: vec4u;
  var left: vec4u;
  for (var u = 0u; u < 4; u++) {
    let tile = tileAt(quad * 4 + u);
    top[u] = select(0x80000000u, tile.h * 2 - p.padding, tile.n < p.N); // above the image it wraps to a huge number
    left[u] = tile.w * 2 - p.padding;
    line[u] = tile.n * p.IH + top[u];
  }
  for (var ic = lane; ic < p.IC; ic += LANES) {
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
    let size = quadCount() * p.IC;
    let index = quad * p.IC + ic;
    for (var a = 0u; a < 4; a++) {
      let r = rows[a];
      patches[(4 * a) * size + index] = r[0] - r[2];
      patches[(4 * a + 1) * size + index] = r[1] + r[2];
      patches[(4 * a + 2) * size + index] = r[2] - r[1];
      patches[(4 * a + 3) * size + index] = r[1] - r[3];
    }
  }
}

/// tiles[4*a + b] = A * tile * transpose(A) for 4 channels of a 2x2 tile of dOut; A = [1 0; 1 1; 1 -1; 0 -1].
@compute @workgroup_size(WORKGROUP)
fn transform_gradient(
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
  var rows: array<array<vec4f, 2>, 4>; // A * tile
  for (var b = 0u; b < 2; b++) {
    let h = tile.h * 2;
    let w = tile.w * 2 + b;
    let at = ((tile.n * p.OH + h) * p.OW + w) * channels + index % channels;
    var top = vec4f();
    var bottom = vec4f();
    if (w < p.OW) { top = dOut[at]; }
    if (w < p.OW && h + 1 < p.OH) { bottom = dOut[at + p.OW * channels]; }
    rows[0][b] = top;
    rows[1][b] = top + bottom;
    rows[2][b] = top - bottom;
    rows[3][b] = -bottom;
  }
  for (var a = 0u; a < 4; a++) {
    let r = rows[a];
    tiles[(4 * a) * size + index] = r[0];
    tiles[(4 * a + 1) * size + index] = r[0] + r[1];
    tiles[(4 * a + 2) * size + index] = r[0] - r[1];
    tiles[(4 * a + 3) * size + index] = -r[1];
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let gemmM = p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = tileCount();
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let m0 = tile / columns % blocks * TM;
  let product = tile / (columns * blocks);
  if (product >= 16) { return; }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f; // past the end: 0, and so is `patches`
      for (var u = 0u; u < 4; u++) {
        let at = (product * gemmK + min(k + u, gemmK - 1)) * gemmN + min(n0, gemmN - 1);
        b[u] = select(vec4f(), tiles[at], k + u < gemmK);
      }
      let rows = (product * quadCount() + k / 4) * gemmM;
      for (var r = 0u; r < 16; r++) { part[r] += b * patches[rows + min(m0 + r, gemmM - 1)]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * patches[rows + min(m0 + 16 + r, gemmM - 1)]; }
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

/// dWeight = transpose(G) * products * G for 4 channels oc of an ic; transpose(G) = [1 .5 .5 0; 0 .5 -.5 0; 0 .5 .5 1].
@compute @workgroup_size(WORKGROUP)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
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

// conv2d gradient of the weight, rung 21: F(4x4,3x3) turned round, four tiles of a step side by side
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [36,T/4,IC,4], tiles [36,T,OC] and products
//           [36,IC,OC] for the T = N * ceil(OH/4) * ceil(OW/4) tiles; f32, dense, bound as vec4f, x by words
// GEMM      36 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input: workgroup -> four tiles, its lanes side by side over channels; transform_gradient:
//           invocation -> 4 channels of a tile; main: workgroup -> LANES lanes side by side over channels, lane -> TM
//           rows x 4 channels of one of the 36 products, as rung 14 does rows; transform_output: invocation -> 4
//           elements of each tap of dWeight
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane, of which there are 36 for 16 pixels, 64 in rung 15: 43 FLOP/B with 16 lanes and TM = 32; patches and
//           tiles, 2.25 times x and dOut, are written and read once
// Resources no workgroup memory; 16 invocations a workgroup in main; 256 sums (acc and part, TM vectors each), most of
//           them in the cache beside the core; transforms: up to 200 values
// Change    15 -> 21: tiles of 4x4 in place of 2x2: the derivative of forward's F(4x4,3x3), with 36 products for 16
//           pixels where four small tiles take 64
// Expect    up to 1.78 times rung 15, and transforms that move 2.25 numbers for one, not 4; less where tiles are few,
//           as 36 products for 9 weights must be stored and read, not 16
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors up to ten times those of plain sums
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

fn tileCount() -> u32 { return params.N * ((params.OH + 3) / 4) * ((params.OW + 3) / 4); }

fn tileAt(index: u32) -> Tile {
  let height = (params.OH + 3) / 4;
  let width = (params.OW + 3) / 4;
  return Tile(index / (height * width), index / width % height, index % width);
}

/// Groups of four tiles, which `patches` holds side by side; the last is filled up with zeros.
fn quadCount() -> u32 { return (tileCount() + 3) / 4; }

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
  let quad = workgroup.y * workgroups.x + workgroup.x;
  if (quad >= quadCount()) { return; }
  var line: vec4u; // of each tile's patch: its first line in x, and its first line and column in the image
  var top: vec4u;
  var left: vec4u;
  for (var u = 0u; u < 4; u++) {
    let tile = tileAt(quad * 4 + u);
    top[u] = select(0x80000000u, tile.h * 4 - p.padding, tile.n < p.N); // above the image it wraps to a huge number
    left[u] = tile.w * 4 - p.padding;
    line[u] = tile.n * p.IH + top[u];
  }
  for (var ic = lane; ic < p.IC; ic += LANES) {
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
    let size = quadCount() * p.IC;
    let index = quad * p.IC + ic;
    for (var a = 0u; a < 6; a++) {
      let row = array<vec4f, 6>(
        columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a],
      );
      let values = ofPatch(row);
      for (var b = 0u; b < 6; b++) { patches[(6 * a + b) * size + index] = values[b]; }
    }
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
  var columns: array<array<vec4f, 6>, 4>; // A * tile
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      let h = tile.h * 4 + a;
      let w = tile.w * 4 + b;
      d[a] = vec4f();
      if (h < p.OH && w < p.OW) { d[a] = dOut[((tile.n * p.OH + h) * p.OW + w) * channels + index % channels]; }
    }
    columns[b] = ofGradient(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = ofGradient(array<vec4f, 4>(columns[0][a], columns[1][a], columns[2][a], columns[3][a]));
    for (var b = 0u; b < 6; b++) { tiles[(6 * a + b) * size + index] = row[b]; }
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
  if (product >= 36) { return; }

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
@compute @workgroup_size(WORKGROUP)
fn transform_output(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
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

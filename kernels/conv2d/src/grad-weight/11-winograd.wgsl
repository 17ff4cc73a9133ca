// conv2d gradient of the weight, rung 11: Winograd's F(2x2,3x3) turned round, sixteen products of 2x2 tiles
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [16,T,IC], tiles [16,T,OC] and
//           products [16,IC,OC] for the T = N * ceil(OH/2) * ceil(OW/2) tiles; f32, dense, bound as vec4f
// GEMM      16 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input and transform_gradient: invocation -> 4 channels of a tile;
//           main: workgroup -> one group of LANES lanes, lane -> TM rows x 4 channels of one of the 16 products,
//           as rung 10 does them; transform_output: invocation -> 4 elements of each tap of dWeight
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds, of which there are 16 for 4 pixels, 36 in rung 09:
//           12 FLOP/B; patches and tiles, 4 times x and dOut, are written and read once
// Resources no workgroup memory; 8 invocations a workgroup in main; 128 sums in registers (acc and part, TM vectors
//           each); transforms: 64 invocations a workgroup, up to 80 values
// Change    10 -> 11: forward's rung 10 is out = A' (G weight G' * B' x B) A, with A' the transpose of A; its
//           derivative is dWeight = G' (A dOut A' * B' x B) G, so a tile costs the same 16 products. main runs the
//           product of rung 10 for each of the 16; K is not split, as 16 products are workgroups enough
// Expect    up to 2.25 times rung 09 where there are many channels, so that the products outweigh the transforms
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors several times those of plain sums
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u;
const KU = 4u;
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const WORKGROUP = 64u; // of the transforms

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
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

/// patches[4*a + b] = transpose(B) * patch * B for 4 channels of the 4x4 patch around a tile;
/// transpose(B) = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
@compute @workgroup_size(WORKGROUP)
fn transform_input(
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
  var rows: array<array<vec4f, 4>, 4>; // transpose(B) * patch
  for (var b = 0u; b < 4; b++) {
    var d: array<vec4f, 4>;
    for (var a = 0u; a < 4; a++) {
      let h = tile.h * 2 + a - p.padding; // above the image it wraps to a huge number
      let w = tile.w * 2 + b - p.padding;
      d[a] = vec4f();
      if (h < p.IH && w < p.IW) { d[a] = x[((tile.n * p.IH + h) * p.IW + w) * channels + index % channels]; }
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
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let gemmM = p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = tileCount();
  let columns = (gemmN + LN - 1) / LN;
  let blocks = (gemmM + LANES / LN * TM - 1) / (LANES / LN * TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads load 0 for this one
  let n0 = tile % columns * LN + ln;
  let m0 = (tile / columns % blocks * (LANES / LN) + lane / LN) * TM;
  let product = tile / (columns * blocks);
  if (product >= 16) { return; }

  // Load q of a step holds rows 4*(q%4) .. 4*(q%4)+3 of tile k + q/4, as in rung 10.
  var row: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) { row[i] = min(m0 + (i * LN + ln) % 4 * 4, gemmM - 4) / 4; }

  var acc: array<vec4f, TM>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, TM>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += KU) {
      var b: mat4x4f;
      for (var u = 0u; u < KU; u++) {
        let at = (product * gemmK + min(k + u, gemmK - 1)) * gemmN + min(n0, gemmN - 1);
        b[u] = select(vec4f(), tiles[at], k + u < gemmK);
      }
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) {
        a[i] = patches[(product * gemmK + min(k + (i * LN + ln) / 4, gemmK - 1)) * (gemmM / 4) + row[i]];
      }
      for (var c = 0u; c < 4; c++) {
        var rows: mat4x4f; // a column for each tile
        for (var u = 0u; u < KU; u++) { rows[u] = subgroupShuffle(a[(u * 4 + c) / LN], first + (u * 4 + c) % LN); }
        rows = transpose(rows);
        for (var r = 0u; r < 4; r++) { part[c * 4 + r] += b * rows[r]; }
      }
    }
    for (var r = 0u; r < TM; r++) { acc[r] += part[r]; }
  }

  for (var r = 0u; r < TM; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { products[(product * gemmM + m0 + r) * gemmN + n0] = acc[r]; }
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

// conv2d gradient of the weight, rung 20: Winograd's F(4x4,3x3) turned round, thirty-six products of 4x4 tiles
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of x[n, oh+kh-padding, ow+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [3,3,IC,OC]; patches [36,T,IC], tiles [36,T,OC] and products
//           [36,IC,OC] for the T = N * ceil(OH/4) * ceil(OW/4) tiles; f32, dense, bound as vec4f
// GEMM      36 times: M = IC, N = OC, K = T tiles
// Mapping   transform_input and transform_gradient: invocation -> 4 channels of a tile; main: workgroup -> one group of
//           LANES lanes, lane -> TM rows x 4 channels of one of the 36 products, as rung 10 does them;
//           transform_output: invocation -> 4 elements of each tap of dWeight
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds, of which there are 36 for 16 pixels, 64 in rung 11: 21
//           FLOP/B; patches and tiles, 2.25 times x and dOut, are written and read once
// Resources no workgroup memory; 8 invocations a workgroup in main; 128 sums in registers (acc and part, TM vectors
//           each); transforms: 64 invocations a workgroup, up to 200 values
// Change    11 -> 20: tiles of 4x4 in place of 2x2: the derivative of forward's F(4x4,3x3), with 36 products for 16
//           pixels where four small tiles take 64
// Expect    up to 1.78 times rung 11, and transforms that move 2.25 numbers for one, not 4; less where tiles are few,
//           as 36 products for 9 weights must be stored and read, not 16
// Edges     3x3, stride 1; IC and OC multiples of 4; pixels outside x and dOut count 0, rows past M and channels past
//           OC are dropped; cancelling terms make errors up to ten times those of plain sums
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

fn tileCount() -> u32 { return params.N * ((params.OH + 3) / 4) * ((params.OW + 3) / 4); }

fn tileAt(index: u32) -> Tile {
  let height = (params.OH + 3) / 4;
  let width = (params.OW + 3) / 4;
  return Tile(index / (height * width), index / width % height, index % width);
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
  let channels = p.IC / 4;
  let size = tileCount() * channels;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size) { return; }
  let tile = tileAt(index / channels);
  var columns: array<array<vec4f, 6>, 6>; // transpose(B) * patch
  for (var b = 0u; b < 6; b++) {
    var d: array<vec4f, 6>;
    for (var a = 0u; a < 6; a++) {
      let h = tile.h * 4 + a - p.padding; // above the image it wraps to a huge number
      let w = tile.w * 4 + b - p.padding;
      d[a] = vec4f();
      if (h < p.IH && w < p.IW) { d[a] = x[((tile.n * p.IH + h) * p.IW + w) * channels + index % channels]; }
    }
    columns[b] = ofPatch(d);
  }
  for (var a = 0u; a < 6; a++) {
    let row = array<vec4f, 6>(columns[0][a], columns[1][a], columns[2][a], columns[3][a], columns[4][a], columns[5][a]);
    let values = ofPatch(row);
    for (var b = 0u; b < 6; b++) { patches[(6 * a + b) * size + index] = values[b]; }
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
  if (product >= 36) { return; }

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

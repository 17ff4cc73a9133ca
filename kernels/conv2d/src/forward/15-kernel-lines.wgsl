// conv2d forward, rung 15: any kernel on a copy of x that holds each line of it for each output pixel
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC], lines [N,(OH-1)*stride+KH,OW,KW*IC] with the last
//           size rounded up, panels [OC/4/LANES,KH,KW*IC,LANES] likewise; f32, dense, bound as vec4f, x
//           by words
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; a row of A is KH pieces of lines, OW pixels apart
// Mapping   pack_input: workgroup -> a line of the padded image, its lanes side by side over KW*IC words;
//           pack_weight: workgroup -> a row of weight
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of out
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 16 lanes and TM = 32; lines, KW/stride times x, are written and read once
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them in
//           the cache beside the core
// Change    14 -> 15: a first pass copies, for each output pixel and each line of x, the KW*IC words that a line of the
//           kernel meets there, 0 outside x; taps of a line are then neighbouring k's for x as for weight, and main has
//           no test, no padding, no stride
// Expect    the rate of rung 14 for any kernel and stride, less the copy, which weighs as KW*IC / (stride * KH*KW*IC*OC);
//           three channels are padded as 21 words to 24, not as 3 to 4
// Edges     OC a multiple of 4; rows past M and channels past OC are dropped
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> lines: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

/// Lines of an image with its padding, as far as the kernel reaches.
fn height() -> u32 { return (params.OH - 1) * params.stride + params.KH; }

/// Vectors of a line of the kernel.
fn vectors() -> u32 { return (params.KW * params.IC + 3) / 4; }

@compute @workgroup_size(LANES)
fn pack_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let line = workgroup.y * workgroups.x + workgroup.x;
  let n = line / height();
  let ih = line % height() - p.padding; // above the image it wraps to a huge number
  if (n >= p.N) { return; }
  let first = (n * p.IH + ih) * p.IW * p.IC;
  let words = select(0u, p.IW * p.IC, ih < p.IH);
  for (var ow = 0u; ow < p.OW; ow++) {
    let left = (ow * p.stride - p.padding) * p.IC;
    for (var j = lane; j < vectors(); j += LANES) {
      var vector: vec4f;
      for (var u = 0u; u < 4; u++) {
        let word = left + j * 4 + u;
        let inside = word < words && j * 4 + u < p.KW * p.IC;
        vector[u] = select(0.0, x[select(0u, first + word, inside)], inside);
      }
      lines[(line * p.OW + ow) * vectors() + j] = vector;
    }
  }
}

/// panels[column][k][lane]: what the lanes of one tile read at a step lies side by side; 0 past OC and, as in `lines`,
/// past the end of a line of the kernel.
@compute @workgroup_size(LANES)
fn pack_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let ocs = params.OC / 4; // in vectors
  let words = params.KW * params.IC;
  let gemmK = params.KH * vectors() * 4;
  let k = workgroup.y * workgroups.x + workgroup.x;
  if (k >= gemmK) { return; }
  let j = k % (vectors() * 4);
  let row = k / (vectors() * 4) * words + min(j, words - 1);
  for (var n = 0u; n < ocs; n += LANES) {
    let vector = select(vec4f(), weight[row * ocs + min(n + lane, ocs - 1)], n + lane < ocs && j < words);
    panels[n * gemmK + k * LANES + lane] = vector;
  }
}

/// Where row m of A begins in `lines`.
fn rowOf(m: u32) -> u32 {
  let n = m / (params.OH * params.OW);
  let ih = m / params.OW % params.OH * params.stride;
  return ((n * height() + ih) * params.OW + m % params.OW) * vectors();
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.OC / 4; // in vectors
  let lineVectors = vectors();
  let columns = (gemmN + LANES - 1) / LANES;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let m0 = tile / columns * TM;
  let n0 = tile % columns * LANES + lane;
  let panel = tile % columns * p.KH * lineVectors * 4 * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = rowOf(min(m0 + r, gemmM - 1)); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = rowOf(min(m0 + 16 + r, gemmM - 1)); }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  let steps = p.KH * lineVectors; // of four k's
  for (var step0 = 0u; step0 < steps; step0 += KB / 4) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var step = step0; step < min(step0 + KB / 4, steps); step++) {
      // From the counter each time: an address kept in a variable that wraps costs more than a division for all lanes.
      let at = step / lineVectors * ((p.OW - 1) * lineVectors) + step; // in `lines`, seen from a row
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (step * 4 + u) * LANES]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * lines[row[r] + at]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * lines[rowBelow[r] + at]; }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { out[(m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { out[(m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
    }
  }
}

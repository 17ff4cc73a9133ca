// conv2d gradient of the input, rung 27: 1x1 convolution of any stride as a plain product, zeros between by one lane
// Computes  dX[n,oh*stride,ow*stride,ic] = sum over oc of dOut[n,oh,ow,oc] * weight[0,0,ic,oc], and 0 between those pixels
// Layout    dOut [N,OH,OW,OC], weight [1,1,IC,OC], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = IC, K = OC; A is dOut as it lies, B the transpose of weight
// Mapping   clear: workgroup of one invocation -> a line of dX
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of dX
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 16 lanes and TM = 32
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them in
//           the cache beside the core
// Change    13 -> 27: the rows are the pixels of dOut, of which each is stored `stride` pixels and lines from the next, and
//           a first pass writes the zeros between them, at addresses that one lane alone makes
// Expect    the rate of rung 13 for any stride: rung 14 copies dOut and weight for it and stores its zeros from every lane,
//           which on lavapipe scatters them word by word, while what one lane stores is scalar code
// Edges     KH = KW = 1, no padding; IC and OC multiples of 4; rows past M and channels past IC are dropped; with stride 1
//           there is no `clear`
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

@compute @workgroup_size(1)
fn clear(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let line = workgroup.y * workgroups.x + workgroup.x;
  if (line >= p.N * p.IH) { return; }
  for (var iw = 0u; iw < p.IW; iw++) {
    if (line % p.IH % p.stride == 0 && iw % p.stride == 0) { continue; }
    for (var ic = 0u; ic < p.IC / 4; ic++) { dX[(line * p.IW + iw) * (p.IC / 4) + ic] = vec4f(); }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC;
  let columns = (gemmN + LANES - 1) / LANES;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let m0 = tile / columns * TM;
  let n0 = tile % columns * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = min(m0 + r, gemmM - 1) * (gemmK / 4); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = min(m0 + 16 + r, gemmM - 1) * (gemmK / 4); }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { b[u] = weight[(min(n0, gemmN - 1) * 4 + u) * (gemmK / 4) + k / 4]; }
      for (var r = 0u; r < 16; r++) { part[r] += dOut[row[r] + k / 4] * b; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += dOut[rowBelow[r] + k / 4] * b; }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) {
    if (m0 + r < gemmM && n0 < gemmN) { dX[pixelOf(m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { dX[pixelOf(m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
    }
  }
}

/// The pixel of dX that meets pixel m of dOut.
fn pixelOf(m: u32) -> u32 {
  let p = params;
  return (m / (p.OH * p.OW) * p.IH + m / p.OW % p.OH * p.stride) * p.IW + m % p.OW * p.stride;
}

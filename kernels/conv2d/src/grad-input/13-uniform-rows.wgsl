// conv2d gradient of the input, rung 13: 1x1 convolution of stride 1 as a plain product, dOut at shared addresses
// Computes  dX[n,h,w,ic] = sum over oc of dOut[n,h,w,oc] * weight[0,0,ic,oc]
// Layout    dOut [N,IH,IW,OC], weight [1,1,IC,OC], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      M = N*IH*IW, N = IC, K = OC; A is dOut as it lies, B the transpose of weight
// Mapping   workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of dX
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 16 lanes and TM = 32
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them in
//           the cache beside the core
// Change    09 -> 13: each lane reads every row of dOut itself, at an address made of workgroup ids, params and loop
//           counters alone: no shuffles, no subgroup
// Expect    a driver that knows the address to be the same for all lanes (lavapipe from Mesa 25.1 on) loads it once, as a
//           scalar: about rung 09 there with 8 lanes, ten times it with 16, whose shuffles are loops; a fifth on older ones
// Edges     KH = KW = 1, stride 1, no padding; IC and OC multiples of 4; rows past M and channels past IC are dropped
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

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let gemmM = p.N * p.IH * p.IW;
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
    if (m0 + r < gemmM && n0 < gemmN) { dX[(m0 + r) * gemmN + n0] = acc[r]; }
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      if (m0 + 16 + r < gemmM && n0 < gemmN) { dX[(m0 + 16 + r) * gemmN + n0] = accBelow[r]; }
    }
  }
}

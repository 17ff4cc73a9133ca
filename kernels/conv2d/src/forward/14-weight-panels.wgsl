// conv2d forward, rung 14: 1x1 convolution as a plain matrix product on panels of weight
// Computes  out[n,oh,ow,oc] = sum over ic of x[n,oh*stride,ow*stride,ic] * weight[0,0,ic,oc]
// Layout    x [N,IH,IW,IC], weight [1,1,IC,OC], panels [OC/4/LANES,IC,LANES], out [N,OH,OW,OC]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = IC; A is every stride-th pixel of x as it lies
// Mapping   pack_weight: workgroup -> a row of weight
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of out
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 16 lanes and TM = 32
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them
//           in the cache beside the core
// Change    13 -> 14: a first pass copies weight so that what the lanes of a tile read along K lies in one piece; in rung
//           13 a step's four rows are OC words apart, and share few sets of the cache where OC is a large power of two
// Expect    a tenth more than rung 13 where IC and OC are large and rows are many enough to share the copy, about a
//           thousand; less where they are few
// Edges     KH = KW = 1, no padding; IC and OC multiples of 4; rows past M and channels past OC are dropped
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

/// panels[column][k][lane]: what the lanes of one tile read at a step lies side by side; 0 past OC.
@compute @workgroup_size(LANES)
fn pack_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let ocs = params.OC / 4; // in vectors
  let k = workgroup.y * workgroups.x + workgroup.x;
  if (k >= params.IC) { return; }
  for (var n = 0u; n < ocs; n += LANES) {
    let vector = select(vec4f(), weight[k * ocs + min(n + lane, ocs - 1)], n + lane < ocs);
    panels[n * params.IC + k * LANES + lane] = vector;
  }
}

/// Where the pixel of x begins that row m of A is.
fn rowOf(m: u32) -> u32 {
  let n = m / (params.OH * params.OW);
  let ih = m / params.OW % params.OH * params.stride;
  let iw = m % params.OW * params.stride;
  return ((n * params.IH + ih) * params.IW + iw) * (params.IC / 4);
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
  let gemmK = p.IC;
  let columns = (gemmN + LANES - 1) / LANES;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let m0 = tile / columns * TM;
  let n0 = tile % columns * LANES + lane;

  let panel = tile % columns * gemmK * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = rowOf(min(m0 + r, gemmM - 1)); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = rowOf(min(m0 + 16 + r, gemmM - 1)); }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (k + u) * LANES]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * x[row[r] + k / 4]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * x[rowBelow[r] + k / 4]; }
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

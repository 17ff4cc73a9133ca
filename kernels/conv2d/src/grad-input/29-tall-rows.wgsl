// conv2d gradient of the input, rung 29: 1x1, 48 rows of dOut to a lane as they lie
// Computes  dX[n,ih,iw,ic] = sum over oc of dOut[n,ih,iw,oc] * weight[0,0,ic,oc]
// Layout    dOut [N,OH,OW,OC], weight [1,1,IC,OC], panels [IC/4/LANES,OC,LANES], dX [N,IH,IW,IC]; f32, dense, bound as vec4f
// GEMM      M = N*IH*IW, N = IC, K = OC; A is dOut as it lies
// Mapping   pack_columns: workgroup of one invocation -> 4*PIECE channels oc of 4*LANES channels ic
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of dX
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 13.7 FLOP/B with 16 lanes and TM = 48; dX is read once for each KB of K after the first
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; TM vectors of sums, most of them in the cache
//           beside the core
// Change    28 -> 29: 1x1 of stride 1 alone, so that rows need no copy: 48 of them are read as fast where they lie
// Expect    the time of rung 28 less its copy of dOut, a third of it where columns are few
// Edges     KH = KW = 1, stride 1, no padding; IC and OC multiples of 4; rows past M and channels past IC are dropped. What such
//           lanes load of sums may be written by another workgroup meanwhile: nobody uses it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 32 or 16, in arrays of 16, as drivers unroll no loop of more turns
const PIECE = 4u; // a driver unrolls so many turns
const KB = 256u; // k's summed in `part` before they join dX: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dX: array<vec4f>;

/// panels[column][k][lane]: what the lanes of one tile read at a step lies side by side; anything past IC.
@compute @workgroup_size(1)
fn pack_columns(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let ocs = p.OC / 4;
  let pieces = (ocs + PIECE - 1) / PIECE;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let column = index / pieces;
  if (column * LANES >= ics) { return; }
  for (var lane = 0u; lane < LANES; lane++) {
    let ic = min(column * LANES + lane, ics - 1) * 4;
    for (var i = 0u; i < PIECE; i++) {
      let oc = index % pieces * PIECE + i;
      var square: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { square[u] = weight[(ic + u) * ocs + oc]; }
      square = transpose(square);
      let to = (column * p.OC + oc * 4) * LANES + lane;
      if (oc < ocs) {
        for (var u = 0u; u < 4; u++) { panels[to + u * LANES] = square[u]; }
      }
    }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let gemmM = p.N * p.IH * p.IW;
  let gemmN = p.IC / 4; // in vectors
  let gemmK = p.OC;
  let columns = (gemmN + LANES - 1) / LANES;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  // Where rows are fewer than columns, tiles of one column go first: weight stays in the cache, and rows are read again.
  let blocks = (gemmM + TM - 1) / TM;
  let block = select(tile / columns, tile % blocks, blocks < columns);
  let tileColumn = select(tile % columns, tile / blocks, blocks < columns);
  let m0 = block * TM;
  let n0 = tileColumn * LANES + lane;
  let column = min(n0, gemmN - 1);
  let panel = tileColumn * gemmK * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  var rowLast: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = min(m0 + r, gemmM - 1) * (gemmK / 4); }
  if (TM > 16) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = min(m0 + 16 + r, gemmM - 1) * (gemmK / 4); }
  }
  if (TM > 32) {
    for (var r = 0u; r < 16; r++) { rowLast[r] = min(m0 + 32 + r, gemmM - 1) * (gemmK / 4); }
  }

  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    var partLast = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (k + u) * LANES]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * dOut[row[r] + k / 4]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * dOut[rowBelow[r] + k / 4]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partLast[r] += b * dOut[rowLast[r] + k / 4]; }
      }
    }
    if (k0 > 0) {
      for (var r = 0u; r < 16; r++) { part[r] = dX[min(m0 + r, gemmM - 1) * gemmN + column] + part[r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partBelow[r] = dX[min(m0 + 16 + r, gemmM - 1) * gemmN + column] + partBelow[r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partLast[r] = dX[min(m0 + 32 + r, gemmM - 1) * gemmN + column] + partLast[r]; }
      }
    }
    for (var r = 0u; r < 16; r++) {
      if (m0 + r < gemmM && n0 < gemmN) { dX[(m0 + r) * gemmN + n0] = part[r]; }
    }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 16 + r < gemmM && n0 < gemmN) { dX[(m0 + 16 + r) * gemmN + n0] = partBelow[r]; }
      }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 32 + r < gemmM && n0 < gemmN) { dX[(m0 + 32 + r) * gemmN + n0] = partLast[r]; }
      }
    }
  }
}

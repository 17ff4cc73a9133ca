// conv2d forward, rung 31: any kernel, 48 rows to a lane, and a barrier for the compiler
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC], lines [N,(OH-1)*stride+KH,OW,KW*IC], panels
//           [OC/4/LANES,KH,KW*IC,LANES]; f32, dense, bound as vec4f
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; a row of A is KH pieces of lines, OW pixels apart
// Mapping   pack_input: workgroup of one invocation -> a line of the padded image, PIECE vectors a turn;
//           pack_weight: workgroup of one invocation -> a row of weight, likewise
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of out
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 13.7 FLOP/B with 16 lanes and TM = 48; lines, KW/stride times x, are written and read once, out is read
//           once for each KB of K after the first
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; TM vectors of sums, most of them in the cache
//           beside the core
// Change    28 -> 31: as rung 29 changes 13: a barrier at the start of main, blocks' sums added in out, 48 rows to a lane
// Expect    a quarter to a third more, as there
// Edges     IC and OC multiples of 4; rows past M and channels past OC are dropped. What such
//           lanes load of sums may be written by another workgroup meanwhile: nobody uses it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 32 or 16, in arrays of 16, as drivers unroll no loop of more turns
const PIECE = 4u; // a driver unrolls so many turns
const KB = 256u; // k's summed in `part` before they join out: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> lines: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

/// Lines of an image with its padding, as far as the kernel reaches.
fn height() -> u32 { return (params.OH - 1) * params.stride + params.KH; }

/// Vectors of a line of the kernel.
fn vectors() -> u32 { return params.KW * params.IC / 4; }

@compute @workgroup_size(1)
fn pack_input(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let line = workgroup.y * workgroups.x + workgroup.x;
  let n = line / height();
  let ih = line % height() - p.padding; // above the image it wraps to a huge number
  if (n >= p.N) { return; }
  let start = (n * p.IH + ih) * p.IW * ics;
  let width = select(0u, p.IW * ics, ih < p.IH);
  for (var ow = 0u; ow < p.OW; ow++) {
    let left = (ow * p.stride - p.padding) * ics;
    for (var first = 0u; first < vectors(); first += PIECE) {
      for (var i = 0u; i < PIECE; i++) {
        let j = first + i;
        let inside = left + j < width;
        let vector = select(vec4f(), x[select(0u, start + left + j, inside)], inside);
        if (j < vectors()) { lines[(line * p.OW + ow) * vectors() + j] = vector; }
      }
    }
  }
}

/// panels[column][k][lane]: what the lanes of one tile read at a step lies side by side; anything past OC.
@compute @workgroup_size(1)
fn pack_weight(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ocs = params.OC / 4; // in vectors
  let gemmK = params.KH * params.KW * params.IC;
  let k = workgroup.y * workgroups.x + workgroup.x;
  if (k >= gemmK) { return; }
  for (var first = 0u; first < ocs; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let n = first + i;
      let vector = weight[k * ocs + n];
      if (n < ocs) { panels[n / LANES * LANES * gemmK + k * LANES + n % LANES] = vector; }
    }
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
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let gemmM = p.N * p.OH * p.OW;
  let gemmN = p.OC / 4; // in vectors
  let lineVectors = vectors();
  let columns = (gemmN + LANES - 1) / LANES;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  // Where rows are fewer than columns, tiles of one column go first: weight stays in the cache, and rows are read again.
  let blocks = (gemmM + TM - 1) / TM;
  let block = select(tile / columns, tile % blocks, blocks < columns);
  let tileColumn = select(tile % columns, tile / blocks, blocks < columns);
  let m0 = block * TM;
  let n0 = tileColumn * LANES + lane;
  let column = min(n0, gemmN - 1);
  let panel = tileColumn * p.KH * lineVectors * 4 * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  var rowLast: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = rowOf(min(m0 + r, gemmM - 1)); }
  if (TM > 16) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = rowOf(min(m0 + 16 + r, gemmM - 1)); }
  }
  if (TM > 32) {
    for (var r = 0u; r < 16; r++) { rowLast[r] = rowOf(min(m0 + 32 + r, gemmM - 1)); }
  }

  let steps = p.KH * lineVectors; // of four k's
  for (var step0 = 0u; step0 < steps; step0 += KB / 4) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    var partLast = array<vec4f, 16>();
    for (var step = step0; step < min(step0 + KB / 4, steps); step++) {
      // From the counter each time: an address kept in a variable that wraps costs more than a division for all lanes.
      let at = step / lineVectors * ((p.OW - 1) * lineVectors) + step; // in `lines`, seen from a row
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (step * 4 + u) * LANES]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * lines[row[r] + at]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * lines[rowBelow[r] + at]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partLast[r] += b * lines[rowLast[r] + at]; }
      }
    }
    if (step0 > 0) {
      for (var r = 0u; r < 16; r++) { part[r] = out[min(m0 + r, gemmM - 1) * gemmN + column] + part[r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partBelow[r] = out[min(m0 + 16 + r, gemmM - 1) * gemmN + column] + partBelow[r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partLast[r] = out[min(m0 + 32 + r, gemmM - 1) * gemmN + column] + partLast[r]; }
      }
    }
    for (var r = 0u; r < 16; r++) {
      if (m0 + r < gemmM && n0 < gemmN) { out[(m0 + r) * gemmN + n0] = part[r]; }
    }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 16 + r < gemmM && n0 < gemmN) { out[(m0 + 16 + r) * gemmN + n0] = partBelow[r]; }
      }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) {
        if (m0 + 32 + r < gemmM && n0 < gemmN) { out[(m0 + 32 + r) * gemmN + n0] = partLast[r]; }
      }
    }
  }
}

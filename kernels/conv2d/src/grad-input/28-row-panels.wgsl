// conv2d gradient of the input, rung 28: rows of A and weight in panels, 48 rows to a tile
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC], rows [phases,M/TM,K/4,TM], panels
//           [phases,IC/4/LANES,K,LANES]; f32, dense, bound as vec4f
// GEMM      a product for each phase (ih % stride, iw % stride) that has taps: M = N * ceil(IH/stride) *
//           ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   clear: workgroup of one invocation -> the pixels of a line of dX that no tap meets, 16 vectors a turn
//           pack_rows: workgroup of one invocation -> a tap of a tile of rows, 16 rows a turn
//           pack_columns: workgroup of one invocation -> 4*PIECE channels oc of a tap and 4*LANES of ic
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of dX
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 13.7 FLOP/B with 16 lanes and TM = 48; dOut is copied once for each tap, weight once, dX read again for
//           each KB of K
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 4*TM sums, most of them in the cache beside the
//           core
// Change    14 -> 28: rows are copied too, so that all of a step lies at one address and constants from it, with no array
//           of where rows begin; a block of sums joins dX instead of a second array; the registers that both leave take
//           48 rows, for each of which a gather of weight serves; all copies by one lane, whose addresses are uniform; tiles
//           of one column go first where rows are few
// Expect    on lavapipe with 16 lanes a half more than rungs 13 and 14 where K is long, a tenth with 8; less where the
//           copy of dOut serves few columns. Much of that is `main`'s barrier: a kernel with one is compiled as a coroutine,
//           where loads stay beside their use instead of being hoisted, spilled and loaded again
// Edges     IC and OC multiples of 4; rows outside dX and channels past IC are dropped; pixels that no tap meets are zeros
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 32 or 16: 16 rows to an array, as drivers unroll no loop of more turns
const PIECE = 4u; // a driver unrolls so many turns
const KB = 256u; // k's summed in `part` before they join dX: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dX: array<vec4f>;

fn divideUp(a: u32, b: u32) -> u32 { return (a + b - 1) / b; }

/// Lines and columns of the largest phase.
fn phaseSize() -> vec2u { return vec2u(divideUp(params.IH, params.stride), divideUp(params.IW, params.stride)); }
fn gemmM() -> u32 { return params.N * phaseSize().x * phaseSize().y; }

/// Phases that have taps.
fn phases() -> u32 { return min(params.KH, params.stride) * min(params.KW, params.stride); }

/// Taps of the phase that has the most, and vectors of its rows: the room that each has in the copies.
fn mostTaps() -> u32 { return divideUp(params.KH, params.stride) * divideUp(params.KW, params.stride); }
fn rowVectors() -> u32 { return mostTaps() * (params.OC / 4); }

struct Phase {
  first: vec2u, // taps first, first + stride, ... meet its pixels
  taps: vec2u, // so many
  pixel: vec2u, // ih % stride and iw % stride
}

/// Among the phases that have taps.
fn phaseAt(index: u32) -> Phase {
  let p = params;
  let first = vec2u(index / min(p.KW, p.stride), index % min(p.KW, p.stride));
  return Phase(
    first,
    (vec2u(p.KH, p.KW) - first + p.stride - 1) / p.stride,
    (first + p.padding * (p.stride - 1)) % p.stride,
  );
}

/// Zeros where a stride longer than the kernel leaves pixels that no tap meets.
@compute @workgroup_size(1)
fn clear(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let line = workgroup.y * workgroups.x + workgroup.x;
  if (line >= p.N * p.IH) { return; }
  for (var iw = 0u; iw < p.IW; iw++) {
    if ((line % p.IH + p.padding) % p.stride < p.KH && (iw + p.padding) % p.stride < p.KW) { continue; }
    for (var first = 0u; first < ics; first += 16) {
      for (var i = 0u; i < 16; i++) {
        if (first + i < ics) { dX[(line * p.IW + iw) * ics + first + i] = vec4f(); }
      }
    }
  }
}

/// rows[phase][tile][k/4][row]: what a tile reads at a step lies side by side; 0 where a tap meets no pixel of dOut.
@compute @workgroup_size(1)
fn pack_rows(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ocs = p.OC / 4; // in vectors
  let size = phaseSize();
  let blocks = divideUp(gemmM(), TM);
  let index = workgroup.y * workgroups.x + workgroup.x;
  let tile = index / mostTaps();
  let tap = index % mostTaps();
  if (tile >= phases() * blocks) { return; }
  let phase = phaseAt(tile / blocks);
  if (tap >= phase.taps.x * phase.taps.y) { return; }
  // Where the tap lies in dOut, seen from a pixel of the phase.
  let shift = (phase.pixel + p.padding - phase.first) / p.stride - vec2u(tap / phase.taps.y, tap % phase.taps.y);
  let to = (tile * rowVectors() + tap * ocs) * TM;
  for (var r0 = 0u; r0 < TM; r0 += 16) {
    var row: array<u32, 16>;
    var inside: array<bool, 16>;
    for (var r = 0u; r < 16; r++) {
      let m = tile % blocks * TM + r0 + r;
      let n = m / (size.x * size.y);
      let oh = m / size.y % size.x + shift.x; // before dOut it wraps to a huge number
      let ow = m % size.y + shift.y;
      inside[r] = n < p.N && oh < p.OH && ow < p.OW;
      row[r] = select(0u, ((n * p.OH + oh) * p.OW + ow) * ocs, inside[r]);
    }
    for (var oc = 0u; oc < ocs; oc++) {
      for (var r = 0u; r < 16; r++) {
        rows[to + oc * TM + r0 + r] = select(vec4f(), dOut[row[r] + oc], inside[r]);
      }
    }
  }
}

/// panels[phase][column][k][lane]: what the lanes of one tile read at a step lies side by side; anything past IC.
@compute @workgroup_size(1)
fn pack_columns(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let ocs = p.OC / 4;
  let columns = divideUp(ics, LANES);
  let pieces = divideUp(ocs, PIECE);
  let index = workgroup.y * workgroups.x + workgroup.x;
  let tap = index / pieces % mostTaps();
  let column = index / (pieces * mostTaps());
  if (column >= phases() * columns) { return; }
  let phase = phaseAt(column / columns);
  if (tap >= phase.taps.x * phase.taps.y) { return; }
  let kernel = (phase.first.x + tap / phase.taps.y * p.stride) * p.KW + phase.first.y + tap % phase.taps.y * p.stride;
  for (var lane = 0u; lane < LANES; lane++) {
    let ic = min(column % columns * LANES + lane, ics - 1) * 4;
    for (var i = 0u; i < PIECE; i++) {
      let oc = index % pieces * PIECE + i;
      var square: mat4x4f; // a column for each ic
      for (var u = 0u; u < 4; u++) { square[u] = weight[(kernel * p.IC + ic + u) * ocs + oc]; }
      square = transpose(square);
      let to = (column * rowVectors() + tap * ocs + oc) * 4 * LANES + lane;
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
  // Nothing is shared: see Expect.
  workgroupBarrier();
  let p = params;
  let gemmN = p.IC / 4; // in vectors
  let columns = divideUp(gemmN, LANES);
  let blocks = divideUp(gemmM(), TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let index = tile / (columns * blocks);
  if (index >= phases()) { return; }
  // The smaller copy is gone through for each tile of the larger, and stays in the cache.
  let fewRows = gemmM() < p.IC;
  let column = select(tile % columns, tile / blocks % columns, fewRows);
  let block = select(tile / columns % blocks, tile % blocks, fewRows);
  let n0 = column * LANES + lane;
  let m0 = block * TM;
  let phase = phaseAt(index);
  let gemmK = phase.taps.x * phase.taps.y * p.OC;
  let row = (index * blocks + block) * rowVectors() * TM;
  let panel = (index * columns + column) * rowVectors() * 4 * LANES + lane;

  for (var k0 = 0u; k0 < gemmK; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var part1 = array<vec4f, 16>();
    var part2 = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, gemmK); k += 4) {
      var b: mat4x4f;
      for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (k + u) * LANES]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * rows[row + k / 4 * TM + r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { part1[r] += b * rows[row + k / 4 * TM + 16 + r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { part2[r] += b * rows[row + k / 4 * TM + 32 + r]; }
      }
    }
    for (var r = 0u; r < 16; r++) { add(m0 + r, phase, n0, part[r], k0 > 0); }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) { add(m0 + 16 + r, phase, n0, part1[r], k0 > 0); }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) { add(m0 + 32 + r, phase, n0, part2[r], k0 > 0); }
    }
  }
}

/// Adds a block's sum to what lies in dX; the first is stored there.
fn add(m: u32, phase: Phase, n0: u32, part: vec4f, more: bool) {
  let p = params;
  let size = phaseSize();
  let n = m / (size.x * size.y);
  let ih = m / size.y % size.x * p.stride + phase.pixel.x;
  let iw = m % size.y * p.stride + phase.pixel.y;
  if (n >= p.N || ih >= p.IH || iw >= p.IW || n0 >= p.IC / 4) { return; }
  let at = ((n * p.IH + ih) * p.IW + iw) * (p.IC / 4) + n0;
  var sum = part;
  if (more) { sum += dX[at]; }
  dX[at] = sum;
}

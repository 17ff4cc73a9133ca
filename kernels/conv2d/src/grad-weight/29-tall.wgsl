// conv2d gradient of the weight, rung 29: 48 rows to a lane, and a barrier for the compiler
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], quads [M/TM,K/4,TM,4], partials
//           [splits,KH,KW,IC,OC]; f32, dense, bound as vec4f
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x once, into panels of TM rows
// Mapping   pack_input: workgroup of one invocation -> a line of the kernel at 4 pixels, PIECE vectors of x a turn
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of one split's sum
//           total: invocation -> 4 channels of dWeight
// Traffic   TM loads of a vec4f at neighbouring addresses, the same for all lanes, and 4 of each lane's own, for 16*TM
//           multiply-adds of each lane: 13.7 FLOP/B with 16 lanes and TM = 48; quads, KH*KW/stride^2 times x, and
//           partials are written and read once, and a sum once more for each KB of K after the first. A word of each
//           cache line of dOut is loaded once more, ahead
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; TM vectors of sums, most of them in the cache
//           beside the core; total: 64 invocations a workgroup, 4 sums
// Change    26 -> 29: main begins with a barrier; a block's sum is added to what lies in partials or dWeight, not to a
//           second array of the lane's; 48 rows to a lane
// Expect    a quarter less time. With a barrier lavapipe compiles a coroutine, in which a load past the end reads a zero
//           from memory: LLVM selects one of two addresses and loads at the product, where without it it branches twice
//           for each word, loads all words before all products and keeps them in memory between. A gather, a quarter of
//           the time then, serves half as many rows again. Fewer splits, as each costs a store and a load of all sums
// Edges     IC and OC multiples of 4; pixels outside x and past K count 0, rows past M and channels past OC are dropped;
//           with one split `main` writes dWeight and there is no `total`; WGSL keeps what is touched past the end within
//           dOut. What lanes past the end load of sums may be written by another workgroup meanwhile: nobody uses it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 32 or 16, in arrays of 16, as drivers unroll no loop of more turns
const PIECE = 4u; // of pack_input: a driver unrolls so many turns
const AHEAD = 8u; // pixels, a multiple of 4
const KB = 256u; // k's summed in `part` before they join what is stored: rounding grows with KB + K/KB, not with K
const WHOLE = 0u; // 1: K is not split, and `main` writes dWeight
const WORKGROUP = 64u; // of `total`

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dWeight: array<vec4f>;

/// Steps of four pixels along K.
fn steps() -> u32 { return (params.N * params.OH * params.OW + 3) / 4; }

@compute @workgroup_size(1)
fn pack_input(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let index = workgroup.y * workgroups.x + workgroup.x;
  let kh = index / steps();
  let step = index % steps();
  if (kh >= p.KH) { return; }
  // Vectors of a line of the kernel are neighbours in x: vector j of one is vector `left + j` of a line of x, if there is
  // one.
  var line: vec4u;
  var left: vec4u;
  for (var u = 0u; u < 4; u++) {
    let k = step * 4 + u;
    let n = k / (p.OH * p.OW);
    let ih = k / p.OW % p.OH * p.stride + kh - p.padding; // above the image it wraps to a huge number
    line[u] = (n * p.IH + ih) * p.IW * ics;
    left[u] = (k % p.OW * p.stride - p.padding) * ics;
    if (n >= p.N || ih >= p.IH) { left[u] = 0x80000000u; }
  }
  for (var first = 0u; first < p.KW * ics; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let j = first + i;
      var pixels: mat4x4f; // a column for each pixel
      for (var u = 0u; u < 4; u++) {
        let inside = left[u] + j < p.IW * ics;
        pixels[u] = select(vec4f(), x[select(0u, line[u] + left[u] + j, inside)], inside);
      }
      let rows = transpose(pixels);
      let m = (kh * p.KW * ics + j) * 4;
      let at = (m / TM * steps() + step) * TM + m % TM;
      if (j < p.KW * ics) {
        for (var r = 0u; r < 4; r++) { quads[at + r] = rows[r]; }
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
  // Nothing is shared: lavapipe compiles a kernel with a barrier so that loads at uniform addresses stay at their use.
  workgroupBarrier();
  let p = params;
  let gemmM = p.KH * p.KW * p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.N * p.OH * p.OW;
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let block = tile / columns % blocks;
  let split = tile / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = (steps() + p.splits - 1) / p.splits * 4;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
  let panel = block * steps() * TM;
  let m0 = block * TM;

  for (var k0 = start; k0 < max(end, start + 1); k0 += KB) { // an empty split stores zeros
    var seen = 0u;
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partMiddle = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, end); k += 4) {
      for (var u = 0u; u < 4; u++) { seen |= touch((k + AHEAD + u) * gemmN + tile % columns * LANES); }
      var b: mat4x4f; // past the end: 0, and so is `quads`
      for (var u = 0u; u < 4; u++) {
        b[u] = select(vec4f(), dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)], k + u < end);
      }
      let rows = panel + k / 4 * TM;
      for (var r = 0u; r < 16; r++) { part[r] += b * quads[rows + r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partMiddle[r] += b * quads[rows + 16 + r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * quads[rows + 32 + r]; }
      }
    }
    // Never so; a compiler that cannot know it keeps the touching loads.
    if (p.splits == 0) { part[0].x += f32(seen); }
    if (k0 > start) {
      for (var r = 0u; r < 16; r++) { part[r] += stored(split, m0 + r, n0); }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partMiddle[r] += stored(split, m0 + 16 + r, n0); }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += stored(split, m0 + 32 + r, n0); }
      }
    }
    for (var r = 0u; r < 16; r++) { store(split, m0 + r, n0, part[r]); }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) { store(split, m0 + 16 + r, n0, partMiddle[r]); }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) { store(split, m0 + 32 + r, n0, partBelow[r]); }
    }
  }
}

/// Brings the cache lines of LANES vectors of dOut into the cache, four to a line; what they hold is of no matter.
fn touch(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dOut[first + i].x); }
  return seen;
}

/// The sum so far, of a split or of all.
fn stored(split: u32, m: u32, n: u32) -> vec4f {
  let gemmM = params.KH * params.KW * params.IC;
  let gemmN = params.OC / 4;
  let index = min(m, gemmM - 1) * gemmN + min(n, gemmN - 1);
  if (WHOLE == 1) { return dWeight[index]; }
  return partials[split * gemmM * gemmN + index];
}

fn store(split: u32, m: u32, n: u32, sum: vec4f) {
  let gemmM = params.KH * params.KW * params.IC;
  let gemmN = params.OC / 4;
  if (m >= gemmM || n >= gemmN) { return; }
  let index = m * gemmN + n;
  if (WHOLE == 1) { dWeight[index] = sum; } else { partials[split * gemmM * gemmN + index] = sum; }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.KH * params.KW * params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || WHOLE == 1) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

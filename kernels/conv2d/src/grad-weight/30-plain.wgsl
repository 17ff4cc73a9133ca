// conv2d gradient of the weight, rung 30: 1x1, x turned round as it is used
// Computes  dWeight[0,0,ic,oc] = sum over n,oh,ow of x[n,oh,ow,ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [1,1,IC,OC], partials [splits,1,1,IC,OC]; f32, dense, bound as
//           vec4f
// GEMM      M = IC, N = OC, K = N*OH*OW; A is x as it lies, transposed
// Mapping   main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of one split's sum
//           total: invocation -> 4 channels of dWeight
// Traffic   TM loads of a vec4f, the same for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each lane:
//           16 FLOP/B with 16 lanes; partials are written and read once, and a sum once more for each KB of K after the
//           first. A word of each cache line of dOut is loaded once more, ahead
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; TM vectors of sums, most of them in the cache
//           beside the core; total: 64 invocations a workgroup, 4 sums
// Change    29 -> 30: no copy of x: a vector of it is four rows at one pixel, and four of them turned round are what quads
//           held; 64 rows to a lane, four whole cache lines of a pixel
// Expect    the time of the copy, a tenth to a third where few channels of dOut share it. A multiply-add takes its word of
//           x from memory wherever it lies. Where pixels lie far apart or x is read for many columns, panels are faster
// Edges     KH = KW = stride = 1, no padding; IC and OC multiples of 4; pixels past K count 0, rows past M and channels past
//           OC are dropped; with one split `main` writes dWeight and there is no `total`; WGSL keeps what is read past the
//           end within x and dOut. What such
//           lanes load of sums may be written by another workgroup meanwhile: nobody uses it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 64u; // in arrays of 16, as drivers unroll no loop of more turns
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
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dWeight: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // Nothing is shared: lavapipe compiles a kernel with a barrier so that loads at uniform addresses stay at their use.
  workgroupBarrier();
  let p = params;
  let gemmM = p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.N * p.OH * p.OW;
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let block = tile / columns % blocks;
  let split = tile / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = ((gemmK + 3) / 4 + p.splits - 1) / p.splits * 4;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
  let m0 = block * TM;

  for (var k0 = start; k0 < max(end, start + 1); k0 += KB) { // an empty split stores zeros
    var seen = 0u;
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partSecond = array<vec4f, 16>();
    var partThird = array<vec4f, 16>();
    var partLast = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, end); k += 4) {
      for (var u = 0u; u < 4; u++) { seen |= touch((k + AHEAD + u) * gemmN + tile % columns * LANES); }
      var b: mat4x4f; // past the end: 0
      for (var u = 0u; u < 4; u++) {
        b[u] = select(vec4f(), dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)], k + u < end);
      }
      var pixels: vec4u;
      for (var u = 0u; u < 4; u++) { pixels[u] = min(k + u, gemmK - 1) * (gemmM / 4) + m0 / 4; }
      for (var q = 0u; q < 4; q++) {
        let quads = turned(pixels + q);
        for (var i = 0u; i < 4; i++) { part[4 * q + i] += b * quads[i]; }
      }
      for (var q = 0u; q < 4; q++) {
        let quads = turned(pixels + 4 + q);
        for (var i = 0u; i < 4; i++) { partSecond[4 * q + i] += b * quads[i]; }
      }
      for (var q = 0u; q < 4; q++) {
        let quads = turned(pixels + 8 + q);
        for (var i = 0u; i < 4; i++) { partThird[4 * q + i] += b * quads[i]; }
      }
      for (var q = 0u; q < 4; q++) {
        let quads = turned(pixels + 12 + q);
        for (var i = 0u; i < 4; i++) { partLast[4 * q + i] += b * quads[i]; }
      }
    }
    // Never so; a compiler that cannot know it keeps the touching loads.
    if (p.splits == 0) { part[0].x += f32(seen); }
    if (k0 > start) {
      for (var r = 0u; r < 16; r++) { part[r] += stored(split, m0 + r, n0); }
      for (var r = 0u; r < 16; r++) { partSecond[r] += stored(split, m0 + 16 + r, n0); }
      for (var r = 0u; r < 16; r++) { partThird[r] += stored(split, m0 + 32 + r, n0); }
      for (var r = 0u; r < 16; r++) { partLast[r] += stored(split, m0 + 48 + r, n0); }
    }
    for (var r = 0u; r < 16; r++) { store(split, m0 + r, n0, part[r]); }
    for (var r = 0u; r < 16; r++) { store(split, m0 + 16 + r, n0, partSecond[r]); }
    for (var r = 0u; r < 16; r++) { store(split, m0 + 32 + r, n0, partThird[r]); }
    for (var r = 0u; r < 16; r++) { store(split, m0 + 48 + r, n0, partLast[r]); }
  }
}

/// Four channels of x at four pixels, a column for each channel.
fn turned(at: vec4u) -> mat4x4f {
  return transpose(mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]));
}

/// Brings the cache lines of LANES vectors of dOut into the cache, four to a line; what they hold is of no matter.
fn touch(first: u32) -> u32 {
  var seen = 0u;
  for (var i = 0u; i < LANES; i += 4) { seen |= bitcast<u32>(dOut[first + i].x); }
  return seen;
}

/// The sum so far, of a split or of all.
fn stored(split: u32, m: u32, n: u32) -> vec4f {
  let gemmM = params.IC;
  let gemmN = params.OC / 4;
  let index = min(m, gemmM - 1) * gemmN + min(n, gemmN - 1);
  if (WHOLE == 1) { return dWeight[index]; }
  return partials[split * gemmM * gemmN + index];
}

fn store(split: u32, m: u32, n: u32, sum: vec4f) {
  let gemmM = params.IC;
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
  let size = params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || WHOLE == 1) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

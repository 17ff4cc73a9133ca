// conv2d gradient of the weight, rung 14: A copied first, the four pixels of a step side by side
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], quads [M/TM,K/4,TM,4], partials
//           [splits,KH,KW,IC,OC]; f32, dense; dOut, quads, partials and dWeight bound as vec4f, x by words
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x once, into panels of TM rows
// Mapping   pack_input: workgroup -> a line of the kernel at 4 pixels, its lanes side by side over taps and channels
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of one split's sum
//           total: invocation -> 4 channels of dWeight
// Traffic   TM loads of a vec4f at neighbouring addresses, the same for all lanes, and 4 of each lane's own, for 16*TM
//           multiply-adds of each lane: 10.7 FLOP/B with 16 lanes and TM = 32; quads, KH*KW/stride^2 times x, and
//           partials are written and read once
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them in
//           the cache beside the core; total: 64 invocations a workgroup, 4 sums
// Change    09 -> 14: a first pass writes, for each tap and channel, x at the four pixels of a step as one vector, panel
//           by panel; main reads a panel at addresses made of workgroup ids, params and loop counters alone, the same
//           for all lanes: no shuffles, no subgroup, no taps, no walk, no transpose, and 32 rows to a lane, were 16
// Expect    a driver that knows an address to be the same for all lanes (lavapipe from Mesa 25.1 on) loads it once, as a
//           scalar: a third more than rungs 09 and 10 there with 8 lanes, ten times as much with 16, where a shuffle is
//           a loop; least where OC is small, as the copy serves OC columns; a fifth on drivers that do not know
// Edges     OC a multiple of 4; pixels outside x and past K count 0, rows past M and channels past OC are dropped; with
//           one split `main` writes dWeight and `total` does nothing
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const WORKGROUP = 64u; // of `total`

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dWeight: array<vec4f>;

/// Steps of four pixels along K.
fn steps() -> u32 { return (params.N * params.OH * params.OW + 3) / 4; }

@compute @workgroup_size(LANES)
fn pack_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let kh = index / steps();
  let step = index % steps();
  if (kh >= p.KH) { return; }
  // Words of a line of the kernel are neighbours in x: word j of one is word `left + j` of a line of x, if there is one.
  var line: vec4u;
  var left: vec4u;
  for (var u = 0u; u < 4; u++) {
    let k = step * 4 + u;
    let n = k / (p.OH * p.OW);
    let ih = k / p.OW % p.OH * p.stride + kh - p.padding; // above the image it wraps to a huge number
    line[u] = (n * p.IH + ih) * p.IW * p.IC;
    left[u] = (k % p.OW * p.stride - p.padding) * p.IC;
    if (n >= p.N || ih >= p.IH) { left[u] = 0x80000000u; }
  }
  for (var j = lane; j < p.KW * p.IC; j += LANES) {
    let m = kh * p.KW * p.IC + j;
    var quad: vec4f;
    for (var u = 0u; u < 4; u++) {
      let word = left[u] + j;
      let inside = word < p.IW * p.IC;
      quad[u] = select(0.0, x[select(0u, line[u] + word, inside)], inside);
    }
    quads[(m / TM * steps() + step) * TM + m % TM] = quad;
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
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
  let end = min((split + 1) * splitK, gemmK);
  let panel = block * steps() * TM;

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = split * splitK; k0 < end; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, end); k += 4) {
      var b: mat4x4f; // past the end: 0, and so is `quads`
      for (var u = 0u; u < 4; u++) {
        b[u] = select(vec4f(), dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)], k + u < end);
      }
      let rows = panel + k / 4 * TM;
      for (var r = 0u; r < 16; r++) { part[r] += b * quads[rows + r]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * quads[rows + 16 + r]; }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) { store(split, block * TM + r, n0, acc[r]); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { store(split, block * TM + 16 + r, n0, accBelow[r]); }
  }
}

fn store(split: u32, m: u32, n: u32, sum: vec4f) {
  let gemmM = params.KH * params.KW * params.IC;
  let gemmN = params.OC / 4;
  if (m >= gemmM || n >= gemmN) { return; }
  let index = m * gemmN + n;
  if (params.splits == 1) { dWeight[index] = sum; } else { partials[split * gemmM * gemmN + index] = sum; }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let size = params.KH * params.KW * params.IC * params.OC / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= size || params.splits == 1) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }
  dWeight[index] = sum;
}

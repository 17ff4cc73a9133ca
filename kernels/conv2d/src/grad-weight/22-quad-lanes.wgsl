// conv2d gradient of the weight, rung 22: pixels of a step side by side, loaded once for all lanes and shuffled
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], quads [ceil(M/TM),steps,TM,4] of the steps of 4
//           pixels, partials [splits,KH,KW,IC,OC]; f32, dense, bound as vec4f
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x once, into quads
// Mapping   pack_input: workgroup -> STEPS steps of one line of the kernel, its lanes side by side over KW*IC/4 vectors;
//           main: workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows;
//           lane -> TM rows x 4 channels of one split's sum, and the loads of TM/LN of those rows for its LN neighbours;
//           total: invocation -> 4 channels of dWeight
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 8 FLOP/B; quads, KH*KW/stride^2 times x, are written
//           and read once for 4*LN channels of dOut, partials once
// Resources no workgroup memory; 8 invocations a workgroup; 256 sums in registers (acc and part, TM vectors each)
// Change    14 -> 22: a row's vector is loaded by one of LN lanes and shuffled to the others, was read by each at an
//           address that all share; pack_input loads and tests by vec4f and turns 4 pixels of 4 channels round in
//           registers, was by words; it walks along the pixels, as divisions are slow on a CPU
// Expect    more than rungs 09 and 10 where shuffles are cheap (8 lanes, lavapipe before Mesa 25.1): no transposes in the
//           inner loop, no taps, no strides, and 32 rows to a lane; most where a stride or a kernel made 09's inner loop
//           long; little where OC is small, as the copy serves OC columns
// Edges     IC and OC multiples of 4; pixels outside x and past K count 0, rows past M and channels past OC are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
const STEPS = 16u; // of a workgroup of `pack_input`
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

@compute @workgroup_size(LANES)
fn pack_input(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let ics = p.IC / 4; // in vectors
  let groups = (steps() + STEPS - 1) / STEPS;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let kh = index / groups;
  if (kh >= p.KH) { return; }
  let first = index % groups * STEPS;
  var n = first * 4 / (p.OH * p.OW);
  var oh = first * 4 / p.OW % p.OH;
  var ow = first * 4 % p.OW;
  for (var step = first; step < min(first + STEPS, steps()); step++) {
    // Vectors of a line of the kernel are neighbours in x: vector j of one is vector `left + j` of a line of x, if there
    // is one.
    var line: vec4u;
    var left: vec4u;
    for (var u = 0u; u < 4; u++) {
      let ih = oh * p.stride + kh - p.padding; // above the image it wraps to a huge number
      line[u] = (n * p.IH + ih) * p.IW * ics;
      left[u] = select(0x80000000u, (ow * p.stride - p.padding) * ics, n < p.N && ih < p.IH);
      ow++;
      if (ow == p.OW) { ow = 0; oh++; }
      if (oh == p.OH) { oh = 0; n++; }
    }
    for (var j = lane; j < p.KW * ics; j += LANES) {
      var pixels: mat4x4f; // a column for each pixel
      for (var u = 0u; u < 4; u++) {
        pixels[u] = vec4f();
        if (left[u] + j < p.IW * ics) { pixels[u] = x[line[u] + left[u] + j]; }
      }
      let rows = transpose(pixels);
      let m = (kh * p.KW * ics + j) * 4;
      let at = (m / TM * steps() + step) * TM + m % TM;
      for (var r = 0u; r < 4; r++) { quads[at + r] = rows[r]; }
    }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let p = params;
  let gemmM = p.KH * p.KW * p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.N * p.OH * p.OW;
  let columns = (gemmN + LN - 1) / LN;
  let blocks = (gemmM + LANES / LN * TM - 1) / (LANES / LN * TM);
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let ln = lane % LN;
  let first = lane - ln; // the lane that loads row 0 for this one
  let n0 = tile % columns * LN + ln;
  let block = tile / columns % blocks * (LANES / LN) + lane / LN;
  let split = tile / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = (steps() + p.splits - 1) / p.splits * 4;
  let end = min((split + 1) * splitK, gemmK);
  let panel = min(block, (gemmM - 1) / TM) * steps() * TM + ln;

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  for (var k0 = split * splitK; k0 < end; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, end); k += 4) {
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) { a[i] = quads[panel + k / 4 * TM + i * LN]; }
      var b: mat4x4f; // past the end: the last pixel's, which meet zeros of `quads`
      for (var u = 0u; u < 4; u++) { b[u] = dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)]; }
      for (var r = 0u; r < 16; r++) { part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * subgroupShuffle(a[(16 + r) / LN], first + r % LN); }
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

// conv2d gradient of the weight, rung 27: lanes over taps of x, and dOut copied in place of x
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], lines [N,height,lineWords] of the padded image,
//           quads [OC/TM,K/4,TM,4], partials [splits,OC,KH*KW*IC] with the last size rounded up; f32, dense; dOut, quads
//           and partials bound as vec4f, x, lines and dWeight by words
// GEMM      the transpose of dWeight: M = OC, N = KH*KW*IC, K = N*OH*OW with each line rounded up to four pixels; A is
//           dOut, copied into panels of TM rows; B is gathered from lines
// Mapping   pad_input: workgroup of one invocation -> a line of the padded image;
//           pack_gradient: workgroup of one invocation -> four pixels of dOut
//           main: workgroup -> LANES lanes side by side over words of the kernel; lane -> TM channels of out x 4 words of
//           one split's sum
//           total: invocation -> 4 words of dWeight in one channel of out
// Traffic   TM loads of a vec4f at neighbouring addresses, the same for all lanes, and 16 words of each lane's own, for
//           16*TM multiply-adds of each lane: 16 FLOP/B with TM = 64; lines, about x, and quads, as many as dOut, are written
//           once; partials are written and read once for each KB of a split's K
// Resources no workgroup memory; 16 invocations a workgroup, one barrier; TM vectors of sums, most of them in the cache
//           beside the core; total: 64 invocations a workgroup, 4 sums
// Change    14 -> 27: lanes lie over the kernel's words, which they gather from a padded line of x, so no copy of x has each
//           of them once for each tap; what all lanes share is dOut, copied by four pixels of a channel. A block's sums are
//           added to what lies in partials, a lane has 64 channels of out, and main begins with a barrier
// Expect    conv1: rung 14's copy of x has 147 words a pixel, is read by nothing but the next pass, and takes over half of
//           its time; dOut has 64, and is copied by vec4f. main has 37 lanes' words in 48 lanes, but a barrier makes
//           loads selections where they were branches (coroutines, of lavapipe), and gathers, sixteen a step, serve 64
//           rows. A loss where IC is large: a gather of x is four of single words, and total's stores are scattered
// Edges     OC a multiple of 4; pixels past a line's end are zeros of quads; words past the kernel's last and channels past
//           OC are dropped. Words beside a
//           window are multiplied by zeros: an infinity or NaN among them reaches it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // two subgroups where they have 8 lanes
const TM = 64u; // or 32 or 16, in arrays of 16, as drivers unroll no loop of more turns
const PIECE = 4u; // of the copies: a driver unrolls so many turns
const KB = 256u; // k's summed in `part` before they join partials: rounding grows with KB + K/KB, not with K
const WORKGROUP = 64u; // of `total`

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  splits: u32,
  height: u32, // lines of a padded image, as far as the kernel reaches
  lineSteps: u32, // steps of four pixels in a line of dOut
  lineWords: u32, // of a padded line, a multiple of PIECE
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> lines: array<f32>;
@group(0) @binding(4) var<storage, read_write> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dWeight: array<f32>;

@compute @workgroup_size(1)
fn pad_input(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let line = workgroup.y * workgroups.x + workgroup.x;
  let n = line / p.height;
  let ih = line % p.height - p.padding; // above the image it wraps to a huge number
  if (n >= p.N) { return; }
  let start = (n * p.IH + ih) * p.IW * p.IC;
  let words = select(0u, p.IW * p.IC, ih < p.IH);
  for (var first = 0u; first < p.lineWords; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let word = first + i - p.padding * p.IC;
      let inside = word < words;
      lines[line * p.lineWords + first + i] = select(0.0, x[select(0u, start + word, inside)], inside);
    }
  }
}

@compute @workgroup_size(1)
fn pack_gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ocs = p.OC / 4; // in vectors
  let steps = p.N * p.OH * p.lineSteps;
  let step = workgroup.y * workgroups.x + workgroup.x;
  if (step >= steps) { return; }
  let ow = step % p.lineSteps * 4;
  let pixel = step / p.lineSteps * p.OW + ow;
  for (var first = 0u; first < ocs; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let j = first + i;
      var pixels: mat4x4f; // a column for each pixel
      for (var u = 0u; u < 4; u++) {
        let inside = ow + u < p.OW;
        pixels[u] = select(vec4f(), dOut[select(0u, (pixel + u) * ocs + j, inside)], inside);
      }
      let rows = transpose(pixels);
      let at = (j * 4 / TM * steps + step) * TM + j * 4 % TM;
      if (j < ocs) {
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
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let words = p.KH * p.KW * p.IC;
  let columns = ((words + 3) / 4 + LANES - 1) / LANES;
  let blocks = (p.OC + TM - 1) / TM;
  let steps = p.N * p.OH * p.lineSteps;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let block = tile / columns % blocks;
  let split = tile / (columns * blocks);
  let splitSteps = (steps + p.splits - 1) / p.splits;
  let begin = split * splitSteps;
  let end = min(begin + splitSteps, steps);
  let panel = block * steps * TM;
  let pixelWords = p.stride * p.IC;
  var word: vec4u; // where this lane's words lie in `lines`, seen from a pixel's window; past the last: the last again
  for (var i = 0u; i < 4; i++) {
    let w = min(n0 * 4 + i, words - 1);
    word[i] = w / (p.KW * p.IC) * p.lineWords + w % (p.KW * p.IC);
  }

  // Once at least: splits beyond the last pixel are zeros.
  for (var step0 = begin; step0 < max(end, begin + 1); step0 += KB / 4) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    var partThird = array<vec4f, 16>();
    var partLast = array<vec4f, 16>();
    for (var step = step0; step < min(step0 + KB / 4, end); step++) {
      let line = step / p.lineSteps;
      let top = (line / p.OH * p.height + line % p.OH * p.stride) * p.lineWords;
      let window = top + step % p.lineSteps * 4 * pixelWords;
      var b: mat4x4f; // a column for each pixel
      for (var u = 0u; u < 4; u++) {
        for (var i = 0u; i < 4; i++) { b[u][i] = lines[window + u * pixelWords + word[i]]; }
      }
      let rows = panel + step * TM;
      for (var r = 0u; r < 16; r++) { part[r] += b * quads[rows + r]; }
      if (TM > 16) {
        for (var r = 0u; r < 16; r++) { partBelow[r] += b * quads[rows + 16 + r]; }
      }
      if (TM > 32) {
        for (var r = 0u; r < 16; r++) { partThird[r] += b * quads[rows + 32 + r]; }
        for (var r = 0u; r < 16; r++) { partLast[r] += b * quads[rows + 48 + r]; }
      }
    }
    let first = step0 == begin;
    for (var r = 0u; r < 16; r++) { store(first, split, block * TM + r, n0, part[r]); }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) { store(first, split, block * TM + 16 + r, n0, partBelow[r]); }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) { store(first, split, block * TM + 32 + r, n0, partThird[r]); }
      for (var r = 0u; r < 16; r++) { store(first, split, block * TM + 48 + r, n0, partLast[r]); }
    }
  }
}

/// A split's first block of sums is stored, the others are added to it.
fn store(first: bool, split: u32, oc: u32, n: u32, sum: vec4f) {
  let vectors = (params.KH * params.KW * params.IC + 3) / 4;
  if (oc >= params.OC || n >= vectors || split >= params.splits) { return; }
  let at = (split * params.OC + oc) * vectors + n;
  if (first) { partials[at] = sum; } else { partials[at] = partials[at] + sum; }
}

@compute @workgroup_size(WORKGROUP)
fn total(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let words = params.KH * params.KW * params.IC;
  let vectors = (words + 3) / 4;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let oc = index / vectors;
  let n = index % vectors;
  if (oc >= params.OC) { return; }
  var sum = vec4f();
  for (var split = 0u; split < params.splits; split++) { sum += partials[(split * params.OC + oc) * vectors + n]; }
  for (var i = 0u; i < 4; i++) {
    if (n * 4 + i < words) { dWeight[(n * 4 + i) * params.OC + oc] = sum[i]; }
  }
}

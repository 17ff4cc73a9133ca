// conv2d forward, rung 32: short kernels of any channels on lines of x that are copied once, padded, and not once a pixel
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC], lines [N,height,lineVectors] of the padded image,
//           panels [phases,OC/4/LANES,KH,4*windowVectors,LANES]; f32, dense, bound as vec4f, x by words
// GEMM      `phases` products, one for each word of a vector at which a pixel's window begins: M = N*OH*width, N = OC,
//           K = KH*4*windowVectors with zeros of weight before and behind; a row of A is KH pieces of lines
// Mapping   pack_input: workgroup of one invocation -> a line of the padded image;
//           pack_weight: workgroup of one invocation -> a row of weight for one phase
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of out
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 13.7 FLOP/B; lines, about x, are written once and read KW/stride times
// Resources no workgroup memory; 16 invocations a workgroup, one barrier; TM vectors of sums, most of them in the cache
//           beside the core
// Change    15 -> 32: neighbouring pixels' windows overlap in a padded line, so it is copied once and each row begins
//           where its window does. Three channels at stride 2 begin at word 0 or 2 of a vector: weight is shifted
//           instead, once for each such phase, and a tile's rows are pixels of one phase. K fits in one block, so one set
//           of sums is enough, and leaves room for 48 rows to a lane. main begins with a barrier
// Expect    conv1: rung 15's copy has 24 words a pixel and line, written by gathers, and takes a third of its time; here
//           6 words, a tenth of that. main: with a barrier lavapipe compiles a coroutine, in which a load past the end reads
//           a zero from memory: LLVM selects one of two addresses and loads at the product, where without it branches
//           twice for each word and keeps all words in memory between. A gather serves half as many rows again
// Edges     OC a multiple of 4; K at most KB; rows past M or OW and channels past OC are dropped. Words beside a
//           window are multiplied by zeros: an infinity or NaN among them reaches it
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 48u; // or 32 or 16, in arrays of 16, as drivers unroll no loop of more turns
const PIECE = 4u; // a driver unrolls so many turns
const KB = 256u; // the most k's that are summed in one block

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
  height: u32, // lines of a padded image, as far as the kernel reaches
  lineVectors: u32, // of a padded line
  phases: u32, // 1, 2 or 4
  width: u32, // pixels of a line of out in one phase
  windowVectors: u32, // that hold a line of any pixel's window
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> lines: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(1)
fn pack_input(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let line = workgroup.y * workgroups.x + workgroup.x;
  let n = line / p.height;
  let ih = line % p.height - p.padding; // above the image it wraps to a huge number
  if (n >= p.N) { return; }
  let start = (n * p.IH + ih) * p.IW * p.IC;
  let words = select(0u, p.IW * p.IC, ih < p.IH);
  for (var first = 0u; first < p.lineVectors; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let j = first + i;
      var vector: vec4f;
      for (var u = 0u; u < 4; u++) {
        let word = j * 4 + u - p.padding * p.IC;
        let inside = word < words;
        vector[u] = select(0.0, x[select(0u, start + word, inside)], inside);
      }
      if (j < p.lineVectors) { lines[line * p.lineVectors + j] = vector; }
    }
  }
}

/// panels[phase][column][k][lane]: what the lanes of one tile read at a step lies side by side; anything past OC, 0
/// where a window's vectors hold more than the window.
@compute @workgroup_size(1)
fn pack_weight(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = params;
  let ocs = p.OC / 4; // in vectors
  let words = p.KW * p.IC;
  let gemmK = p.KH * p.windowVectors * 4;
  let columns = (ocs + LANES - 1) / LANES;
  let index = workgroup.y * workgroups.x + workgroup.x;
  let phase = index / gemmK;
  let k = index % gemmK;
  if (phase >= p.phases) { return; }
  // Word of the kernel's line; before its first it wraps to a huge number.
  let j = k % (p.windowVectors * 4) - phase * p.stride * p.IC % 4;
  let row = k / (p.windowVectors * 4) * words + min(j, words - 1);
  for (var first = 0u; first < ocs; first += PIECE) {
    for (var i = 0u; i < PIECE; i++) {
      let n = first + i;
      let vector = select(vec4f(), weight[row * ocs + n], j < words);
      if (n < ocs) { panels[((phase * columns + n / LANES) * gemmK + k) * LANES + n % LANES] = vector; }
    }
  }
}

/// Where row m of a phase begins in `lines`.
fn rowOf(m: u32, phase: u32) -> u32 {
  let p = params;
  let line = m / p.width;
  let ow = min(m % p.width * p.phases + phase, p.OW - 1);
  return (line / p.OH * p.height + line % p.OH * p.stride) * p.lineVectors + ow * p.stride * p.IC / 4;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let gemmM = p.N * p.OH * p.width; // of a phase
  let gemmN = p.OC / 4; // in vectors
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let steps = p.KH * p.windowVectors; // of four k's
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let m0 = tile / columns % blocks * TM;
  let n0 = tile % columns * LANES + lane;
  // No early return where a workgroup is beyond the last, as sums would be merged under a mask; `store` drops them.
  let phase = tile / columns / blocks;
  let panel = (phase * columns + tile % columns) * steps * 4 * LANES + lane;

  // A row past the end takes the last one's values, and is dropped.
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  var rowLast: array<u32, 16>;
  for (var r = 0u; r < 16; r++) { row[r] = rowOf(min(m0 + r, gemmM - 1), phase); }
  if (TM > 16) {
    for (var r = 0u; r < 16; r++) { rowBelow[r] = rowOf(min(m0 + 16 + r, gemmM - 1), phase); }
  }
  if (TM > 32) {
    for (var r = 0u; r < 16; r++) { rowLast[r] = rowOf(min(m0 + 32 + r, gemmM - 1), phase); }
  }

  var sums: array<vec4f, 16>;
  var sumsBelow: array<vec4f, 16>;
  var sumsLast: array<vec4f, 16>;
  for (var step = 0u; step < steps; step++) {
    // From the counter each time: an address kept in a variable that wraps costs more than a division for all lanes.
    let at = step / p.windowVectors * (p.lineVectors - p.windowVectors) + step; // in `lines`, seen from a row
    var b: mat4x4f;
    for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (step * 4 + u) * LANES]; }
    for (var r = 0u; r < 16; r++) { sums[r] += b * lines[row[r] + at]; }
    if (TM > 16) {
      for (var r = 0u; r < 16; r++) { sumsBelow[r] += b * lines[rowBelow[r] + at]; }
    }
    if (TM > 32) {
      for (var r = 0u; r < 16; r++) { sumsLast[r] += b * lines[rowLast[r] + at]; }
    }
  }

  for (var r = 0u; r < 16; r++) { store(m0 + r, phase, n0, sums[r]); }
  if (TM > 16) {
    for (var r = 0u; r < 16; r++) { store(m0 + 16 + r, phase, n0, sumsBelow[r]); }
  }
  if (TM > 32) {
    for (var r = 0u; r < 16; r++) { store(m0 + 32 + r, phase, n0, sumsLast[r]); }
  }
}

fn store(m: u32, phase: u32, n: u32, sum: vec4f) {
  let p = params;
  let ow = m % p.width * p.phases + phase;
  let line = m / p.width;
  if (line >= p.N * p.OH || ow >= p.OW || phase >= p.phases || n >= p.OC / 4) { return; }
  out[(line * p.OW + ow) * (p.OC / 4) + n] = sum;
}

// conv2d gradient of the weight, rung 14: 1x1 convolution as a plain product, x at addresses that all lanes share
// Computes  dWeight[0,0,ic,oc] = sum over n,oh,ow of x[n,oh*stride,ow*stride,ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [1,1,IC,OC], partials [splits,1,1,IC,OC]; f32, dense, bound as
//           vec4f
// GEMM      M = IC, N = OC, K = N*OH*OW; A is the transpose of every stride-th pixel of x as it lies
// Mapping   main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of one split's sum
//           total: invocation -> 4 channels of dWeight
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 8 lanes and TM = 32; partials are written and read once
// Resources no workgroup memory; 8 or 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them
//           in the cache beside the core; total: 64 invocations a workgroup, 4 sums
// Change    10 -> 14: each lane reads the TM rows of 4 pixels of x itself, at addresses made of workgroup ids, params and
//           loop counters alone: no shuffles, no subgroup, so that a lane may take 32 rows, was 16; a walk along the
//           pixels brings strides
// Expect    a driver that knows an address to be the same for all lanes (lavapipe from Mesa 25.1 on) loads it once, as a
//           scalar, and a load of dOut serves twice the rows: up to twice rung 10 there; a fifth of it on older ones
// Edges     KH = KW = 1, no padding; IC and OC multiples of 4; rows past M and channels past OC are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 16
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KU = 4u;
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K
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
  let p = params;
  let gemmM = p.IC;
  let gemmN = p.OC / 4; // in vectors
  let gemmK = p.N * p.OH * p.OW;
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let m0 = tile / columns % blocks * TM;
  let split = tile / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = (gemmK + p.splits - 1) / p.splits;
  let end = min((split + 1) * splitK, gemmK);

  // Where four rows of A begin, seen from their pixel; rows past the end take the last ones' values, and are dropped.
  var row: array<u32, TM / 4>;
  for (var c = 0u; c < TM / 4; c++) { row[c] = min(m0 / 4 + c, gemmM / 4 - 1); }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  let start = split * splitK;
  var n = start / (p.OH * p.OW);
  var oh = start / p.OW % p.OH;
  var ow = start % p.OW;
  for (var k0 = start; k0 < end; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, 16>();
    var partBelow = array<vec4f, 16>();
    for (var k = k0; k < min(k0 + KB, end); k += KU) {
      var pixel: vec4u; // of x
      var b: mat4x4f; // past the end: 0
      for (var u = 0u; u < KU; u++) {
        pixel[u] = ((min(n, p.N - 1) * p.IH + oh * p.stride) * p.IW + ow * p.stride) * (gemmM / 4);
        b[u] = select(vec4f(), dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)], k + u < end);
        ow++;
        if (ow == p.OW) { ow = 0; oh++; }
        if (oh == p.OH) { oh = 0; n++; }
      }
      for (var c = 0u; c < 4; c++) {
        var rows: mat4x4f; // a column for each pixel
        for (var u = 0u; u < KU; u++) { rows[u] = x[pixel[u] + row[c]]; }
        rows = transpose(rows);
        for (var r = 0u; r < 4; r++) { part[c * 4 + r] += b * rows[r]; }
      }
      if (TM == 32) {
        for (var c = 0u; c < 4; c++) {
          var rows: mat4x4f;
          for (var u = 0u; u < KU; u++) { rows[u] = x[pixel[u] + row[TM / 8 + c]]; }
          rows = transpose(rows);
          for (var r = 0u; r < 4; r++) { partBelow[c * 4 + r] += b * rows[r]; }
        }
      }
    }
    for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
    if (TM == 32) {
      for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
    }
  }

  for (var r = 0u; r < 16; r++) { store(split, m0 + r, n0, acc[r]); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { store(split, m0 + 16 + r, n0, accBelow[r]); }
  }
}

fn store(split: u32, m: u32, n: u32, sum: vec4f) {
  let gemmM = params.IC;
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

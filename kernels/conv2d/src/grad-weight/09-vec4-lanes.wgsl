// conv2d gradient of the weight, rung 09: lane-broadcast implicit GEMM, four input channels to a load
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC], partials [splits,KH,KW,IC,OC]; f32, dense,
//           bound as vec4f
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   main: workgroup -> one group of LANES lanes: LN lanes side by side over channels, LANES/LN over rows;
//           lane -> TM rows x 4 channels of one split's sum, and TM/LN loads for its LN neighbours:
//           load q of a step holds rows 4*(q%4) .. 4*(q%4)+3 at pixel k + q/4, which takes TM = 16 and KU = 4
//           total: invocation -> 4 channels of dWeight
// Traffic   TM/LN + 4 loads of a vec4f for 16*TM multiply-adds: 5.3 FLOP/B; partials are written and read once
// Resources no workgroup memory; 8 invocations a workgroup; 128 sums in registers (acc and part, TM vectors each);
//           total: 64 invocations a workgroup, 4 sums
// Change    08 -> 09: x is loaded by vec4f: one load and one test of its tap for 4 rows, were 4; a 4x4 transpose in
//           registers turns the rows of 4 pixels into the k's of 4 rows
// Expect    a quarter of rung 08's loads of x, each four times as wide; the shuffles and the loads of dOut remain
// Edges     IC and OC multiples of 4; pixels outside x count 0, rows past M and channels past OC are dropped;
//           with one split `main` writes dWeight and `total` does nothing
// Needs     subgroups of at least LANES lanes.  Defined by ../reference.ts
enable subgroups;

const LANES = 8u;
const LN = 8u; // 8, 4, 2 or 1
const TM = 16u;
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
  let first = lane - ln; // the lane that loads load 0 for this one
  let n0 = tile % columns * LN + ln;
  let m0 = (tile / columns % blocks * (LANES / LN) + lane / LN) * TM;
  let split = tile / (columns * blocks);
  if (split >= p.splits) { return; }
  let splitK = (gemmK + p.splits - 1) / p.splits;
  let end = min((split + 1) * splitK, gemmK);

  // The tap of each load, seen from the pixel (oh*stride, ow*stride): its coordinates, wrapping below 0,
  // and its offset in x.
  var top: array<u32, TM / LN>;
  var left: array<u32, TM / LN>;
  var tap: array<u32, TM / LN>;
  for (var i = 0u; i < TM / LN; i++) {
    let m = min(m0 + (i * LN + ln) % 4 * 4, gemmM - 4);
    top[i] = m / (p.IC * p.KW) - p.padding;
    left[i] = m / p.IC % p.KW - p.padding;
    tap[i] = (top[i] * p.IW + left[i]) * (p.IC / 4) + m % p.IC / 4;
  }

  var acc: array<vec4f, TM>;
  let start = split * splitK;
  var n = start / (p.OH * p.OW);
  var oh = start / p.OW % p.OH;
  var ow = start % p.OW;
  for (var k0 = start; k0 < end; k0 += KB) {
    // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
    var part = array<vec4f, TM>();
    for (var k = k0; k < min(k0 + KB, end); k += KU) {
      var ih: vec4u; // of the pixels k .. k+3
      var iw: vec4u;
      var pixel: vec4u;
      var b: mat4x4f;
      for (var u = 0u; u < KU; u++) {
        ih[u] = select(0x80000000u, oh * p.stride, k + u < end); // past the end: far outside x
        iw[u] = ow * p.stride;
        pixel[u] = ((n * p.IH + ih[u]) * p.IW + iw[u]) * (p.IC / 4);
        b[u] = dOut[min(k + u, gemmK - 1) * gemmN + min(n0, gemmN - 1)];
        ow++;
        if (ow == p.OW) { ow = 0; oh++; }
        if (oh == p.OH) { oh = 0; n++; }
      }
      var a: array<vec4f, TM / LN>;
      for (var i = 0u; i < TM / LN; i++) {
        let u = (i * LN + ln) / 4;
        a[i] = vec4f();
        if (ih[u] + top[i] < p.IH && iw[u] + left[i] < p.IW) { a[i] = x[pixel[u] + tap[i]]; }
      }
      for (var c = 0u; c < 4; c++) {
        var rows: mat4x4f; // a column for each pixel
        for (var u = 0u; u < KU; u++) { rows[u] = subgroupShuffle(a[(u * 4 + c) / LN], first + (u * 4 + c) % LN); }
        rows = transpose(rows);
        for (var r = 0u; r < 4; r++) { part[c * 4 + r] += b * rows[r]; }
      }
    }
    for (var r = 0u; r < TM; r++) { acc[r] += part[r]; }
  }

  for (var r = 0u; r < TM; r++) {
    if (m0 + r >= gemmM || n0 >= gemmN) { continue; }
    let index = (m0 + r) * gemmN + n0;
    if (p.splits == 1) { dWeight[index] = acc[r]; } else { partials[split * gemmM * gemmN + index] = acc[r]; }
  }
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

// conv2d forward, rung 01: one invocation per output element
// Computes  out[n,oh,ow,oc] = sum over kh,kw,ic of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * weight[kh,kw,ic,oc]
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense
// GEMM      M = N*OH*OW, N = OC, K = KH*KW*IC; A is gathered from x, never stored
// Mapping   invocation -> one element of out; neighbours share a pixel and differ in oc
// Traffic   2 loads for 1 multiply-add: 0.25 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 2 sums in registers (sum and tap)
// Change    start: the definition as a loop: an invocation sums one element of out, tap by tap and channel by channel
// Expect    limited by its loads, two for every multiply-add
// Edges     any shape; taps that fall on the padding are skipped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.OH * p.OW * p.OC) { return; }
  let oc = index % p.OC;
  let ow = index / p.OC % p.OW;
  let oh = index / (p.OC * p.OW) % p.OH;
  let n = index / (p.OC * p.OW * p.OH);

  var sum = 0.0;
  for (var kh = 0u; kh < p.KH; kh++) {
    for (var kw = 0u; kw < p.KW; kw++) {
      // Unsigned: left of or above the image wraps round to a huge number, so one comparison finds both sides.
      let ih = oh * p.stride + kh - p.padding;
      let iw = ow * p.stride + kw - p.padding;
      if (ih >= p.IH || iw >= p.IW) { continue; }
      // A sum for each tap keeps the rounding error from growing along all of K.
      var tap = 0.0;
      for (var ic = 0u; ic < p.IC; ic++) {
        tap += x[((n * p.IH + ih) * p.IW + iw) * p.IC + ic] * weight[((kh * p.KW + kw) * p.IC + ic) * p.OC + oc];
      }
      sum += tap;
    }
  }
  out[index] = sum;
}

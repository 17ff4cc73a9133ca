// conv2d gradient of the weight, rung 01: one invocation per weight
// Computes  dWeight[kh,kw,ic,oc] = sum over n,oh,ow of
//           x[n, oh*stride+kh-padding, ow*stride+kw-padding, ic] * dOut[n,oh,ow,oc]
// Layout    x [N,IH,IW,IC], dOut [N,OH,OW,OC], dWeight [KH,KW,IC,OC]; f32, dense
// GEMM      M = KH*KW*IC, N = OC, K = N*OH*OW; A is gathered from x, never stored
// Mapping   invocation -> one element of dWeight; neighbours share kh,kw,ic and differ in oc
// Traffic   2 loads for 1 multiply-add: 0.25 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 2 sums in registers (sum and line)
// Change    start: the definition as a loop: an invocation sums one element of dWeight over all pixels of the batch
// Expect    limited by its loads, two for every multiply-add, and on small weights by how few invocations there are for
//           so long a sum
// Edges     any shape; pixels whose tap falls on the padding are skipped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.KH * p.KW * p.IC * p.OC) { return; }
  let oc = index % p.OC;
  let ic = index / p.OC % p.IC;
  let kw = index / (p.OC * p.IC) % p.KW;
  let kh = index / (p.OC * p.IC * p.KW);

  var sum = 0.0;
  for (var n = 0u; n < p.N; n++) {
    for (var oh = 0u; oh < p.OH; oh++) {
      // Unsigned: left of or above the image wraps round to a huge number, so one comparison finds both sides.
      let ih = oh * p.stride + kh - p.padding;
      if (ih >= p.IH) { continue; }
      // A sum for each line of pixels keeps the rounding error from growing along all of K.
      var line = 0.0;
      for (var ow = 0u; ow < p.OW; ow++) {
        let iw = ow * p.stride + kw - p.padding;
        if (iw >= p.IW) { continue; }
        line += x[((n * p.IH + ih) * p.IW + iw) * p.IC + ic] * dOut[((n * p.OH + oh) * p.OW + ow) * p.OC + oc];
      }
      sum += line;
    }
  }
  dWeight[index] = sum;
}

// conv2d gradient of the input, rung 01: one invocation per input element
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC]; f32, dense
// GEMM      M = N*IH*IW, N = IC, K = KH*KW*OC; A is gathered from dOut, never stored
// Mapping   invocation -> one element of dX; neighbours share a pixel and differ in ic
// Traffic   2 loads for 1 multiply-add: 0.25 FLOP/B
// Resources no workgroup memory; 64 invocations a workgroup; 2 sums in registers (sum and tap)
// Change    start: the definition as a loop: an invocation sums one element of dX over the taps that meet it
// Expect    limited by its loads, two for every multiply-add; with stride 2 three of four taps are tried in vain
// Edges     any shape; taps without an output pixel are skipped
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.IH * p.IW * p.IC) { return; }
  let ic = index % p.IC;
  let iw = index / p.IC % p.IW;
  let ih = index / (p.IC * p.IW) % p.IH;
  let n = index / (p.IC * p.IW * p.IH);

  var sum = 0.0;
  for (var kh = 0u; kh < p.KH; kh++) {
    for (var kw = 0u; kw < p.KW; kw++) {
      // oh*stride and ow*stride. Unsigned: below 0 wraps round to a huge number, so one comparison finds both sides.
      let down = ih + p.padding - kh;
      let across = iw + p.padding - kw;
      if (down >= p.OH * p.stride || across >= p.OW * p.stride) { continue; }
      if (down % p.stride != 0 || across % p.stride != 0) { continue; }
      let oh = down / p.stride;
      let ow = across / p.stride;
      // A sum for each tap keeps the rounding error from growing along all of K.
      var tap = 0.0;
      for (var oc = 0u; oc < p.OC; oc++) {
        tap += dOut[((n * p.OH + oh) * p.OW + ow) * p.OC + oc] * weight[((kh * p.KW + kw) * p.IC + ic) * p.OC + oc];
      }
      sum += tap;
    }
  }
  dX[index] = sum;
}

// max-pool2d backward, rung 01: one invocation per input element
// Computes  dX[n,ih,iw,c] = sum of dOut[n,oh,ow,c] over the windows oh,ow that cover the pixel and that it won:
//           argmax[n,oh,ow,c] = kh*kernel+kw with ih = oh*stride+kh-padding, iw = ow*stride+kw-padding
// Layout    dX [N,IH,IW,C], dOut [N,OH,OW,C]; f32, dense; argmax as dOut, u32
// Mapping   invocation -> one element of dX, gathered in the order of the windows: no atomics, the same bits every time
// Traffic   about (kernel/stride)^2 loads of argmax, and of dOut where it won, for one store
// Resources no workgroup memory; 64 invocations a workgroup; one sum in a register
// Change    start: one invocation for each element of dX, which searches for the windows over its pixel and adds up the
//           gradients of those that it won
// Expect    limited by the loads
// Edges     any shape; pixels that no window covers get 0
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, C: u32, OH: u32, OW: u32, kernel: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> argmax: array<u32>;
@group(0) @binding(2) var<storage, read> dOut: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

// The first window that covers the padded coordinate; max() without going below 0 in unsigned arithmetic.
fn firstWindow(padded: u32) -> u32 {
  return (max(padded + 1u, params.kernel) - params.kernel + params.stride - 1u) / params.stride;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.IH * p.IW * p.C) { return; }
  let c = index % p.C;
  let row = index / (p.C * p.IW) % p.IH + p.padding;
  let column = index / p.C % p.IW + p.padding;
  let n = index / (p.C * p.IW * p.IH);

  var sum = 0.0;
  for (var oh = firstWindow(row); oh < p.OH && oh * p.stride <= row; oh++) {
    for (var ow = firstWindow(column); ow < p.OW && ow * p.stride <= column; ow++) {
      let place = (row - oh * p.stride) * p.kernel + column - ow * p.stride;
      let window = ((n * p.OH + oh) * p.OW + ow) * p.C + c;
      if (argmax[window] == place) { sum += dOut[window]; }
    }
  }
  dX[index] = sum;
}

// max-pool2d backward, rung 04: rows and images from the grid
// Computes  dX[n,ih,iw,c] = sum of dOut[n,oh,ow,c] over the windows oh,ow that cover the pixel and that it won:
//           argmax[n,oh,ow,c] = kh*kernel+kw with ih = oh*stride+kh-padding, iw = ow*stride+kw-padding
// Layout    dX [N,IH,IW,C], dOut [N,OH,OW,C]; f32, dense; argmax as dOut, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> row of dX; invocation -> four channels of one pixel of it
// Traffic   about (kernel/stride)^2 loads of argmax and of dOut, 16 B each, for one store
// Resources no workgroup memory; 64 invocations a workgroup; the sums of four channels in registers
// Change    03 -> 04: the grid counts rows and images, so that of six divisions of the index two are left
// Expect    a CPU has no vector division: each costs it as much as several loads
// Edges     C a multiple of 4; N, IH and the workgroups of a row at most 65535; pixels that no window covers get 0
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const KERNEL = 3u;
const STRIDE = 2u;
const PADDING = 1u;

struct Params {
  N: u32, IH: u32, IW: u32, C: u32, OH: u32, OW: u32, kernel: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> argmax: array<vec4u>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

// The first window that covers the padded coordinate; max() without going below 0 in unsigned arithmetic.
fn firstWindow(padded: u32) -> u32 {
  return (max(padded + 1u, KERNEL) - KERNEL + STRIDE - 1u) / STRIDE;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let C4 = p.C / 4u;
  let i = workgroup.x * WORKGROUP + local;
  let c = i % C4;
  let iw = i / C4;
  if (iw >= p.IW) { return; }
  let ih = workgroup.y;
  let n = workgroup.z;
  let row = ih + PADDING;
  let column = iw + PADDING;

  var sum = vec4f();
  for (var oh = firstWindow(row); oh < p.OH && oh * STRIDE <= row; oh++) {
    for (var ow = firstWindow(column); ow < p.OW && ow * STRIDE <= column; ow++) {
      let place = (row - oh * STRIDE) * KERNEL + column - ow * STRIDE;
      let window = ((n * p.OH + oh) * p.OW + ow) * C4 + c;
      sum += select(vec4f(), dOut[window], argmax[window] == vec4u(place));
    }
  }
  dX[((n * p.IH + ih) * p.IW + iw) * C4 + c] = sum;
}

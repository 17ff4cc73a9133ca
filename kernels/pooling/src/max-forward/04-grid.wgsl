// max-pool2d forward, rung 04: rows and images from the grid
// Computes  out[n,oh,ow,c] = max over kh,kw of x[n, oh*stride+kh-padding, ow*stride+kw-padding, c],
//           argmax = kh*kernel+kw of the winner: the first of equal values, the last NaN where there is one
// Layout    x [N,IH,IW,C], out [N,OH,OW,C]; f32, dense; argmax as out, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> row of out; invocation -> four channels of one pixel of it
// Traffic   kernel*kernel loads of 16 B and two stores for 4*kernel*kernel comparisons
// Resources no workgroup memory; 64 invocations a workgroup; the best value and its place for four channels in
//           registers
// Change    03 -> 04: the grid counts rows and images, so that of six divisions of the index two are left
// Expect    a CPU has no vector division: each costs it as much as several loads
// Edges     C a multiple of 4; N, OH and the workgroups of a row at most 65535; taps on the padding are skipped; no
//           window lies on padding alone
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const KERNEL = 3u;
const STRIDE = 2u;
const PADDING = 1u;

struct Params {
  N: u32, IH: u32, IW: u32, C: u32, OH: u32, OW: u32, kernel: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> argmax: array<vec4u>;

// By its bits: WGSL lets a compiler assume that floats compare as if NaN did not exist.
fn isNaN(value: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(value) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
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
  let ow = i / C4;
  if (ow >= p.OW) { return; }
  let oh = workgroup.y;
  let n = workgroup.z;
  let index = ((n * p.OH + oh) * p.OW + ow) * C4 + c;

  var best = vec4f();
  var place = vec4u();
  var found = false;
  for (var kh = 0u; kh < KERNEL; kh++) {
    for (var kw = 0u; kw < KERNEL; kw++) {
      // Unsigned: left of or above the image wraps round to a huge number, so one comparison finds both sides.
      let ih = oh * STRIDE + kh - PADDING;
      let iw = ow * STRIDE + kw - PADDING;
      if (ih >= p.IH || iw >= p.IW) { continue; }
      let value = x[((n * p.IH + ih) * p.IW + iw) * C4 + c];
      let wins = vec4<bool>(!found) | isNaN(value) | ((value > best) & !isNaN(best));
      best = select(best, value, wins);
      place = select(place, vec4u(kh * KERNEL + kw), wins);
      found = true;
    }
  }
  out[index] = best;
  argmax[index] = place;
}

// max-pool2d forward, rung 06: lines touched ahead of the lanes that gather them
// Computes  out[n,oh,ow,c] = max over kh,kw of x[n, oh*stride+kh-padding, ow*stride+kw-padding, c],
//           argmax = kh*kernel+kw of the winner: the first of equal values, the last NaN where there is one
// Layout    x [N,IH,IW,C], out [N,OH,OW,C]; f32, dense; argmax as out, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> row of out, workgroup.x -> 8 neighbouring vectors of channels of RUN
//           pixels of it, one pixel after another; lane -> vector
// Traffic   kernel*kernel loads of 16 B and two stores for 4*kernel*kernel comparisons; a word of each cache line of x is
//           loaded kernel/stride times more, ahead
// Resources no workgroup memory; 8 invocations a workgroup; the best value and its place for four channels in registers
// Change    05 -> 06: lanes are neighbouring vectors of one pixel, was runs of them, and go through RUN pixels, whose
//           addresses follow from the workgroup's number; taps on the padding are clamped to the image, was skipped; the
//           pixels AHEAD are touched by uniform loads
// Expect    on Mesa's lavapipe from 25.1 on: a gather stalls at a line that is not in the cache, while a uniform load is
//           scalar and runs on, so what is touched ahead is there when it is gathered; what does not depend on the lane
//           is scalar code. On a GPU the touching would be in vain
// Edges     C a multiple of 4, the last lanes may have nothing to do; N, OH and the workgroups of a row at most 65535; a
//           clamped tap is another of its window's, and has that one's place; no window lies on padding alone. What is
//           touched may lie outside: WGSL keeps such loads within the tensor
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 8u;
const KERNEL = 3u;
const STRIDE = 2u;
const PADDING = 1u;
const RUN = 64u;
const AHEAD = 4u;

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

// A coordinate of the padded image, clamped to the image's edge, as one of the image.
fn inside(padded: u32, size: u32) -> u32 {
  return clamp(padded, PADDING, size - 1u + PADDING) - PADDING;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let C4 = p.C / 4u;
  let blocks = (C4 + WORKGROUP - 1u) / WORKGROUP;
  let block = workgroup.x % blocks * WORKGROUP;
  let c = block + local;
  if (c >= C4) { return; }
  let oh = workgroup.y;
  let n = workgroup.z;
  let first = workgroup.x / blocks * RUN;

  var seen = 0u;
  for (var ow = first; ow < min(first + RUN, p.OW); ow++) {
    for (var kh = 0u; kh < KERNEL; kh++) {
      for (var s = 0u; s < STRIDE; s++) {
        let i = ((n * p.IH + inside(oh * STRIDE + kh, p.IH)) * p.IW + (ow + AHEAD) * STRIDE + s) * C4 + block;
        seen |= bitcast<u32>(x[i].x) | bitcast<u32>(x[i + 4u].x);
      }
    }
    var best = vec4f();
    var place = vec4u();
    for (var kh = 0u; kh < KERNEL; kh++) {
      for (var kw = 0u; kw < KERNEL; kw++) {
        let ih = inside(oh * STRIDE + kh, p.IH);
        let iw = inside(ow * STRIDE + kw, p.IW);
        let value = x[((n * p.IH + ih) * p.IW + iw) * C4 + c];
        let at = (ih + PADDING - oh * STRIDE) * KERNEL + iw + PADDING - ow * STRIDE;
        let wins = vec4<bool>(kh + kw == 0u) | isNaN(value) | ((value > best) & !isNaN(best));
        best = select(best, value, wins);
        place = select(place, vec4u(at), wins);
      }
    }
    let index = ((n * p.OH + oh) * p.OW + ow) * C4 + c;
    out[index] = best;
    argmax[index] = place;
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (p.N == 0u) { argmax[0].x = seen; }
}

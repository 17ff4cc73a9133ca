// max-pool2d forward, rung 07: sixteen lanes side by side
// Computes  out[n,oh,ow,c] = max over kh,kw of x[n, oh*stride+kh-padding, ow*stride+kw-padding, c],
//           argmax = kh*kernel+kw of the winner: the first of equal values, the last NaN where there is one
// Layout    x [N,IH,IW,C], out [N,OH,OW,C]; f32, dense; argmax as out, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> row of out, workgroup.x -> 16 neighbouring vectors of channels of RUN
//           pixels of it, one pixel after another; lane -> vector
// Traffic   kernel*kernel loads of 16 B and two stores for 4*kernel*kernel comparisons; a word of each cache line of x
//           is loaded kernel/stride times more, ahead
// Resources no workgroup memory; 16 invocations a workgroup; the best value and its place for four channels in registers
// Change    06 -> 07: a workgroup has 16 lanes, of 64 neighbouring channels, and touches four lines of a pixel
// Expect    lavapipe computes as many lanes at once as the processor's vectors hold: with 16
//           (LP_NATIVE_VECTOR_WIDTH=512, AVX-512) rung 06 left half of them idle; with 8 the workgroup is two
//           subgroups, and nothing is gained
// Edges     C a multiple of 4, the last lanes may have nothing to do; N, OH and the workgroups of a row at most 65535; a
//           clamped tap is another of its window's, and has that one's place; no window lies on padding alone. What is
//           touched may lie outside: WGSL keeps such loads within the tensor
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 16u;
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

// Brings a cache line into the cache; what it holds is of no matter.
fn touchLine(i: u32) -> u32 {
  return bitcast<u32>(x[i].x);
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
        seen |= touchLine(i) | touchLine(i + 4u) | touchLine(i + 8u) | touchLine(i + 12u);
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

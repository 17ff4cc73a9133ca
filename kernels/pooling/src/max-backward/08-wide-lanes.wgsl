// max-pool2d backward, rung 08: sixteen lanes side by side
// Computes  dX[n,ih,iw,c] = sum of dOut[n,oh,ow,c] over the windows oh,ow that cover the pixel and that it won:
//           argmax[n,oh,ow,c] = kh*kernel+kw with ih = oh*stride+kh-padding, iw = ow*stride+kw-padding
// Layout    dX [N,IH,IW,C], dOut [N,OH,OW,C]; f32, dense; argmax as dOut, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> block row, workgroup.x -> 16 neighbouring vectors of channels of RUN
//           blocks of it, one block after another; lane -> vector
// Traffic   WINDOWS^2 loads of argmax and of dOut, 16 B each, for STRIDE^2 stores: 2 loads a store for 3x3 windows,
//           stride 2; a word of each cache line is loaded once more, ahead, WINDOWS times if of a window
// Resources no workgroup memory; 16 invocations a workgroup; a private array of STRIDE^2 sums of four channels (64 B
//           for stride 2) and one window's winner and gradient in registers
// Change    07 -> 08: a workgroup has 16 lanes, of 64 neighbouring channels, and touches four lines of a pixel
// Expect    lavapipe computes as many lanes at once as the processor's vectors hold: with 16
//           (LP_NATIVE_VECTOR_WIDTH=512, AVX-512) rung 07 left half of them idle; with 8 the workgroup is two
//           subgroups, and nothing is gained
// Edges     C a multiple of 4, the last lanes may have nothing to do; a stride of at most 4; N, the rows of blocks and
//           the workgroups of one at most 65535; uncovered pixels get 0. Each pixel adds its windows up in the order of
//           rung 01: the same bits. What is touched may lie outside, where WGSL keeps loads within the tensor, or be
//           written by another workgroup meanwhile: nobody reads it
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
@group(0) @binding(1) var<storage, read> argmax: array<vec4u>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

// Windows along one axis that cover a pixel.
const WINDOWS = (KERNEL - 1u) / STRIDE + 1u;

// Brings a cache line of each of a window's tensors into the cache; what it holds is of no matter.
fn touchWindow(i: u32) -> u32 {
  return argmax[i].x | bitcast<u32>(dOut[i].x);
}

// The same of a pixel.
fn touchPixel(i: u32) -> u32 {
  return bitcast<u32>(dX[i].x);
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
  let bh = workgroup.y;
  let n = workgroup.z;
  let first = workgroup.x / blocks * RUN;
  let end = min(first + RUN, (p.IW - 1u + PADDING) / STRIDE + 1u);

  var seen = 0u;
  for (var bw = first; bw < end; bw++) {
    for (var dh = 0u; dh < WINDOWS; dh++) {
      let i = ((n * p.OH + bh + dh - (WINDOWS - 1u)) * p.OW + bw + AHEAD) * C4 + block;
      seen |= touchWindow(i) | touchWindow(i + 4u) | touchWindow(i + 8u) | touchWindow(i + 12u);
    }
    for (var y = 0u; y < STRIDE; y++) {
      for (var s = 0u; s < STRIDE; s++) {
        let i = ((n * p.IH + bh * STRIDE + y - PADDING) * p.IW + (bw + AHEAD) * STRIDE + s - PADDING) * C4 + block;
        seen |= touchPixel(i) | touchPixel(i + 4u) | touchPixel(i + 8u) | touchPixel(i + 12u);
      }
    }
    var sums = array<vec4f, STRIDE * STRIDE>();
    for (var dh = 0u; dh < WINDOWS; dh++) {
      for (var dw = 0u; dw < WINDOWS; dw++) {
        // Unsigned: before the first window wraps round to a huge number, so one comparison finds both ends.
        let oh = bh + dh - (WINDOWS - 1u);
        let ow = bw + dw - (WINDOWS - 1u);
        if (oh >= p.OH || ow >= p.OW) { continue; }
        let window = ((n * p.OH + oh) * p.OW + ow) * C4 + c;
        let winner = argmax[window];
        let d = dOut[window];
        for (var y = 0u; y < STRIDE; y++) {
          for (var x = 0u; x < STRIDE; x++) {
            let kh = y + (WINDOWS - 1u - dh) * STRIDE;
            let kw = x + (WINDOWS - 1u - dw) * STRIDE;
            if (kh < KERNEL && kw < KERNEL) {
              sums[y * STRIDE + x] += select(vec4f(), d, winner == vec4u(kh * KERNEL + kw));
            }
          }
        }
      }
    }
    for (var y = 0u; y < STRIDE; y++) {
      for (var x = 0u; x < STRIDE; x++) {
        let ih = bh * STRIDE + y - PADDING;
        let iw = bw * STRIDE + x - PADDING;
        if (ih < p.IH && iw < p.IW) { dX[((n * p.IH + ih) * p.IW + iw) * C4 + c] = sums[y * STRIDE + x]; }
      }
    }
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (p.N == 0u) { dX[0].x = f32(seen); }
}

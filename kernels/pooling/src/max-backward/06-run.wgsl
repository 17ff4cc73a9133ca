// max-pool2d backward, rung 06: a run of neighbouring vectors per invocation
// Computes  dX[n,ih,iw,c] = sum of dOut[n,oh,ow,c] over the windows oh,ow that cover the pixel and that it won:
//           argmax[n,oh,ow,c] = kh*kernel+kw with ih = oh*stride+kh-padding, iw = ow*stride+kw-padding
// Layout    dX [N,IH,IW,C], dOut [N,OH,OW,C]; f32, dense; argmax as dOut, u32; all as vectors of four channels
// Mapping   workgroup.z -> image, workgroup.y -> block row; invocation -> RUN vectors of channels of STRIDE x STRIDE
//           pixels of dX
// Traffic   WINDOWS^2 loads of argmax and of dOut, 16 B each, for STRIDE^2 stores: 2 loads a store for 3x3 windows,
//           stride 2
// Resources no workgroup memory; 64 invocations a workgroup; a private array of STRIDE^2 sums of four channels (64 B
//           for stride 2), one vector of the run at a time, and one window's winner and gradient in registers
// Change    05 -> 06: an invocation handles RUN neighbouring vectors of channels, was one, in a loop around the block
// Expect    gains on a CPU: the start and the index are paid once for RUN vectors, whose accesses to one pixel lie in
//           one cache line of 64 B. A GPU loses lanes to it
// Edges     C a multiple of 4, the last run may be short; a stride of at most 4; N, the rows of blocks and the
//           workgroups of one at most 65535; uncovered pixels get 0. Each pixel adds its windows up in the order of
//           rung 01: the same bits
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const KERNEL = 3u;
const STRIDE = 2u;
const PADDING = 1u;
const RUN = 4u;

struct Params {
  N: u32, IH: u32, IW: u32, C: u32, OH: u32, OW: u32, kernel: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> argmax: array<vec4u>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

// Windows along one axis that cover a pixel.
const WINDOWS = (KERNEL - 1u) / STRIDE + 1u;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let C4 = p.C / 4u;
  let i = workgroup.x * WORKGROUP + local;
  let runs = (C4 + RUN - 1u) / RUN;
  let first = i % runs * RUN;
  let bw = i / runs;
  if (bw > (p.IW - 1u + PADDING) / STRIDE) { return; }
  let bh = workgroup.y;
  let n = workgroup.z;

  for (var c = first; c < first + RUN && c < C4; c++) {
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
}

// global-average-pool forward, rung 03: the rows of an image split over a workgroup
// Computes  out[n,c] = sum over h,w of x[n,h,w,c] / (H*W)
// Layout    x [N,H,W,C], out [N,C]; f32, dense; both as vectors of four channels
// Mapping   workgroup -> COLUMNS vectors of channels; SPLIT invocations for each, which take every SPLIT-th row of the
//           image and then add up their sums in workgroup memory, in order
// Traffic   one load of 16 B per 4 additions; 16 B of workgroup memory written by each invocation, and read for all but
//           the first of SPLIT
// Resources 1 KiB workgroup memory; 64 invocations a workgroup (16 x 4); the sums and the sums of one row for four
//           channels in registers
// Change    02 -> 03: SPLIT invocations share the rows of an image, was one, and the first of them adds their sums up
//           in workgroup memory, in order
// Expect    fills a GPU that N*C/4 invocations leave empty; a CPU has no use for more, and pays for the barrier
// Edges     C a multiple of 4; a row is summed before it is added; parts without a row add 0
// Needs     no optional feature, default limits. Defined by ../reference.ts
const COLUMNS = 16u;
const SPLIT = 4u;

struct Params {
  N: u32, H: u32, W: u32, C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

var<workgroup> partSums: array<vec4f, SPLIT * COLUMNS>;

@compute @workgroup_size(COLUMNS, SPLIT)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let p = params;
  let C4 = p.C / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * COLUMNS + local.x;
  let c = index % C4;
  let n = index / C4;

  var sum = vec4f();
  if (n < p.N) {
    for (var h = local.y; h < p.H; h += SPLIT) {
      var rowSum = vec4f();
      for (var w = 0u; w < p.W; w++) {
        rowSum += x[((n * p.H + h) * p.W + w) * C4 + c];
      }
      sum += rowSum;
    }
  }
  partSums[local.y * COLUMNS + local.x] = sum;
  workgroupBarrier();
  if (local.y > 0u || n >= p.N) { return; }
  for (var part = 1u; part < SPLIT; part++) {
    sum += partSums[part * COLUMNS + local.x];
  }
  out[index] = sum / f32(p.H * p.W);
}

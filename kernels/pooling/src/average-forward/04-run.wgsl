// global-average-pool forward, rung 04: a run of neighbouring vectors per invocation
// Computes  out[n,c] = sum over h,w of x[n,h,w,c] / (H*W)
// Layout    x [N,H,W,C], out [N,C]; f32, dense; both as vectors of four channels
// Mapping   invocation -> RUN neighbouring vectors of channels of one image, a cache line of 64 B of each pixel
// Traffic   one load of 16 B per 4 additions
// Resources no workgroup memory; 64 invocations a workgroup; two private arrays of RUN vectors, the sums and the sums
//           of one row: 128 B
// Change    02 -> 04: an invocation handles RUN neighbouring vectors of channels, was one, in a loop within the loops
//           over the pixels, which so turn once for RUN loads of one cache line
// Expect    gains on a CPU, which pays for each turn of a loop and walks a line at a time; a GPU loses lanes to it
// Edges     C a multiple of 4; vectors past C repeat the last one and are not stored; a row is summed before it is
//           added
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RUN = 4u;

struct Params {
  N: u32, H: u32, W: u32, C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let C4 = p.C / 4u;
  let runs = (C4 + RUN - 1u) / RUN;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let n = index / runs;
  if (n >= p.N) { return; }
  let c = index % runs * RUN;

  var sums = array<vec4f, RUN>();
  for (var h = 0u; h < p.H; h++) {
    var rowSums = array<vec4f, RUN>();
    for (var w = 0u; w < p.W; w++) {
      let pixel = ((n * p.H + h) * p.W + w) * C4;
      for (var v = 0u; v < RUN; v++) { rowSums[v] += x[pixel + min(c + v, C4 - 1u)]; }
    }
    for (var v = 0u; v < RUN; v++) { sums[v] += rowSums[v]; }
  }
  for (var v = 0u; v < RUN; v++) {
    if (c + v < C4) { out[n * C4 + c + v] = sums[v] / f32(p.H * p.W); }
  }
}

// global-average-pool forward, rung 01: one invocation per output element
// Computes  out[n,c] = sum over h,w of x[n,h,w,c] / (H*W)
// Layout    x [N,H,W,C], out [N,C]; f32, dense
// Mapping   invocation -> one element of out; neighbours differ in c
// Traffic   one load of 4 B per addition
// Resources no workgroup memory; 64 invocations a workgroup; the sum and the sum of one row in registers
// Change    start: one invocation for each element of out, which adds up all pixels of a channel, row by row
// Expect    limited by the loads; N*C invocations only
// Edges     any shape; a row is summed before it is added, which keeps the rounding error from growing along H*W
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, H: u32, W: u32, C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * p.C) { return; }
  let c = index % p.C;
  let n = index / p.C;

  var sum = 0.0;
  for (var h = 0u; h < p.H; h++) {
    var rowSum = 0.0;
    for (var w = 0u; w < p.W; w++) {
      rowSum += x[((n * p.H + h) * p.W + w) * p.C + c];
    }
    sum += rowSum;
  }
  out[index] = sum / f32(p.H * p.W);
}

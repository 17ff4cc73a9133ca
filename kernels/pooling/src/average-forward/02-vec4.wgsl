// global-average-pool forward, rung 02: four channels per invocation
// Computes  out[n,c] = sum over h,w of x[n,h,w,c] / (H*W)
// Layout    x [N,H,W,C], out [N,C]; f32, dense; both as vectors of four channels
// Mapping   invocation -> four channels of one image; neighbours differ in c
// Traffic   one load of 16 B per 4 additions
// Resources no workgroup memory; 64 invocations a workgroup; the sums and the sums of one row for four channels in
//           registers
// Change    01 -> 02: an invocation handles four channels, was one: a quarter of the loads and of the invocations, each
//           load four times as wide
// Expect    gains where a load has a price of its own, as on a CPU; a small N*C leaves a GPU even emptier
// Edges     C a multiple of 4; a row is summed before it is added
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

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
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * C4) { return; }
  let c = index % C4;
  let n = index / C4;

  var sum = vec4f();
  for (var h = 0u; h < p.H; h++) {
    var rowSum = vec4f();
    for (var w = 0u; w < p.W; w++) {
      rowSum += x[((n * p.H + h) * p.W + w) * C4 + c];
    }
    sum += rowSum;
  }
  out[index] = sum / f32(p.H * p.W);
}

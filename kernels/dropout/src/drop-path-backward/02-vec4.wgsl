// drop-path-backward, rung 02: one vector per invocation
// Computes  g = dOut, 0 where RELU and out <= 0; dBranch[n,i] = g[n,i] * scale where keep[n], else 0; dIdentity = g
//           where RELU
// Layout    out, dOut, dIdentity, dBranch f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four
//           elements
// Mapping   invocation -> four neighbouring elements of one image
// Traffic   16 B per element with ReLU (read out and dOut, write both gradients) for 2 FLOP, else 8 B for one
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each activation in registers
// Change    01 -> 02: an invocation handles four elements, was one: a quarter of the loads, stores and divisions
// Expect    the same bytes in a quarter of the memory instructions; most on a CPU, where each has a price
// Edges     size a multiple of 4
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;

struct Params {
  N: u32, size: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read> keep: array<i32>;
@group(0) @binding(4) var<storage, read_write> dIdentity: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dBranch: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let vectors = params.size / 4u;
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.N * vectors) { return; }
  var g = dOut[i];
  if (RELU == 1u) {
    g = select(g, vec4f(0.0), out[i] <= vec4f(0.0));
    dIdentity[i] = g;
  }
  dBranch[i] = select(vec4f(0.0), g * params.scale, keep[i / vectors] != 0);
}

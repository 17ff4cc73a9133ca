// drop-path-forward, rung 02: one vector per invocation
// Computes  out[n,i] = identity[n,i] + branch[n,i] * scale where keep[n], else identity[n,i]; then max(0, .) where RELU
// Layout    identity, branch, out f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four elements
// Mapping   invocation -> four neighbouring elements of one image
// Traffic   12 B per element (read identity and branch, write out) for 2 FLOP, 3 with ReLU
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
@group(0) @binding(1) var<storage, read> identity: array<vec4f>;
@group(0) @binding(2) var<storage, read> branch: array<vec4f>;
@group(0) @binding(3) var<storage, read> keep: array<i32>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let vectors = params.size / 4u;
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.N * vectors) { return; }
  var value = select(identity[i], identity[i] + branch[i] * params.scale, keep[i / vectors] != 0);
  if (RELU == 1u) {
    value = select(value, vec4f(0.0), value < vec4f(0.0));
  }
  out[i] = value;
}

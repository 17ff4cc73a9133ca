// drop-path-forward, rung 03: images from the grid
// Computes  out[n,i] = identity[n,i] + branch[n,i] * scale where keep[n], else identity[n,i]; then max(0, .) where RELU
// Layout    identity, branch, out f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four elements
// Mapping   workgroup.y -> image; invocation -> four neighbouring elements of it
// Traffic   12 B per element (read identity and branch, write out) for 2 FLOP, 3 with ReLU
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each activation in registers
// Change    02 -> 03: the grid's y counts images, so that no division finds them and a workgroup has one decision
// Expect    no division; a workgroup at an image's end is partly idle
// Edges     size a multiple of 4; at most 65535 images, and workgroups for each
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
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let vectors = params.size / 4u;
  let v = workgroup.x * WORKGROUP + local;
  if (v >= vectors) { return; }
  let i = workgroup.y * vectors + v;
  var value = select(identity[i], identity[i] + branch[i] * params.scale, keep[workgroup.y] != 0);
  if (RELU == 1u) {
    value = select(value, vec4f(0.0), value < vec4f(0.0));
  }
  out[i] = value;
}

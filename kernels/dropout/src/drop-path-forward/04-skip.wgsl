// drop-path-forward, rung 04: dropped branches are not loaded
// Computes  out[n,i] = identity[n,i] + branch[n,i] * scale where keep[n], else identity[n,i]; then max(0, .) where RELU
// Layout    identity, branch, out f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four elements
// Mapping   workgroup.y -> image; invocation -> four neighbouring elements of it
// Traffic   12 B per element of a kept image, 8 B of a dropped one (read identity, write out)
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each activation in registers
// Change    03 -> 04: the branch is loaded within an if on the image's decision, was before a select
// Expect    the branches' traffic falls to the share that is kept; the if is the same for a whole workgroup, so no lane
//           waits
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
  var value = identity[i];
  if (keep[workgroup.y] != 0) {
    value += branch[i] * params.scale;
  }
  if (RELU == 1u) {
    value = select(value, vec4f(0.0), value < vec4f(0.0));
  }
  out[i] = value;
}

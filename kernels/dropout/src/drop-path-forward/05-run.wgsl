// drop-path-forward, rung 05: a run of neighbouring vectors per invocation
// Computes  out[n,i] = identity[n,i] + branch[n,i] * scale where keep[n], else identity[n,i]; then max(0, .) where RELU
// Layout    identity, branch, out f32 [N,size], dense; keep i32[N], 0 or 1; activations as vectors of four elements
// Mapping   workgroup.y -> image; invocation -> VECTORS neighbouring vectors of it, two cache lines of 64 B of each
//           tensor
// Traffic   12 B per element of a kept image, 8 B of a dropped one (read identity, write out)
// Resources no workgroup memory; 64 invocations a workgroup; one vector of each activation at a time in registers
// Change    04 -> 05: an invocation handles VECTORS vectors in a loop, was one
// Expect    gains where starting an invocation has a price, as on a CPU; a GPU's lanes lie 128 B apart here: it wants
//           rung 04
// Edges     size a multiple of 4; at most 65535 images, and workgroups for each
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 8u;
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
  let first = (workgroup.x * WORKGROUP + local) * VECTORS;
  let kept = keep[workgroup.y] != 0;
  for (var v = first; v < min(first + VECTORS, vectors); v++) {
    let i = workgroup.y * vectors + v;
    var value = identity[i];
    if (kept) {
      value += branch[i] * params.scale;
    }
    if (RELU == 1u) {
      value = select(value, vec4f(0.0), value < vec4f(0.0));
    }
    out[i] = value;
  }
}

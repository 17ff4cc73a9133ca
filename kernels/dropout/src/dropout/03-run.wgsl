// dropout, rung 03: a run of neighbouring vectors per invocation
// Computes  out[i] = x[i] * scale where keep[i], else 0, whatever x[i] is
// Layout    x, out flat f32[count]; keep flat i32[count], 0 or 1; all as vectors of four elements
// Mapping   invocation -> VECTORS neighbouring vectors, two cache lines of 64 B of each tensor
// Traffic   12 B per element (read x and keep, write out) for one product
// Resources no workgroup memory; 64 invocations a workgroup; one vector of x, keep and out at a time in registers
// Change    02 -> 03: an invocation handles VECTORS vectors in a loop, was one
// Expect    gains where starting an invocation has a price, as on a CPU; a GPU's lanes lie 128 B apart here: it wants
//           rung 02
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes, where it
//           computes values that nobody reads
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 8u;

struct Params {
  count: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> keep: array<vec4i>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS;
  for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) {
    out[i] = select(vec4f(0.0), x[i] * params.scale, keep[i] != vec4i(0));
  }
}

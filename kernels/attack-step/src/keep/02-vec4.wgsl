// attack-keep, rung 02: four elements per invocation
// Computes  kept[i] = gradient[i]
// Layout    gradient, kept flat f32[count]
// Mapping   invocation -> one vector of four elements
// Traffic   8 B per element (read gradient, write kept)
// Resources no workgroup memory; 64 invocations a workgroup; one vector in registers
// Change    01 -> 02: the tensors are bound as vectors: one load and one store of 16 B where there were four of 4 B, and
//           a quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> kept: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  kept[i] = gradient[i];
}

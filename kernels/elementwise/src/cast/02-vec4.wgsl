// cast, rung 02: four elements per invocation
// Computes  out[i] = x[i], in the type of out: rounded from f32 to f16, or widened from f16 to f32
// Layout    x, out flat [count]; one of them f16, which the planner writes in place of f32 where it binds, reads or
//           writes that one
// Mapping   invocation -> one vector of four elements
// Traffic   6 B per element (read x, write out), no operation but the conversion
// Resources no workgroup memory; 64 invocations a workgroup; one vector in registers
// Change    01 -> 02: the tensors are bound as vectors: one load of 16 B and one store of 8 B, or the other way round,
//           where there were four of each, and a quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads
// Needs     shader-f16.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
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
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  out[i] = x[i];
}

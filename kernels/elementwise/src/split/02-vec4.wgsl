// split, rung 02: four elements per invocation
// Computes  a[i] = x[i] for i < countA, b[i - countA] = x[i] from there
// Layout    x f32[countA + countB], a f32[countA], b f32[countB]
// Mapping   invocation -> one vector of four elements
// Traffic   8 B per element (one read, one write), no operation
// Resources no workgroup memory; 64 invocations a workgroup; one vector in registers
// Change    01 -> 02: the tensors are bound as vectors: one load or store of 16 B where there were four of 4 B, and a
//           quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     a's count must be a multiple of 4, or no vector of the whole would be one of b. The last vector may reach into
//           the padding that every allocation has up to 16 bytes, where it moves values that nobody reads
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  countA: u32,
  countB: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.countA + params.countB) { return; }
  if (i < params.countA / 4u) {
    a[i] = x[i];
  } else {
    b[i - params.countA / 4u] = x[i];
  }
}

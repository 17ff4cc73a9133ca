// sgd accumulate, rung 02: four elements per invocation
// Computes  sum[i] = share * gradient[i] for part 0 of a batch, sum[i] + share * gradient[i] for any later part
// Layout    sum, gradient flat f32[count]; share f32[], part u32[]
// Mapping   invocation -> one vector of four elements
// Traffic   12 B per element (read sum and gradient, write sum) for 2 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of sum and gradient in registers
// Change    01 -> 02: the tensors are bound as vectors: one load or store of 16 B where there were four of 4 B, and a
//           quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads;
//           part 0 never reads sum, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> part: u32;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  var before = vec4f();
  if (part > 0u) { before = sum[i]; }
  sum[i] = before + share * gradient[i];
}

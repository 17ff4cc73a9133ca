// sgd average, rung 02: four elements per invocation
// Computes  average[i] += weight * (value[i] - average[i]), in the form of torch.lerp, which is exact at weights 0 and 1
// Layout    average, value flat f32[count]; weight f32[]
// Mapping   invocation -> one vector of four elements
// Traffic   12 B per element (read average and value, write average) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of average and value in registers
// Change    01 -> 02: the tensors are bound as vectors: one load or store of 16 B where there were four of 4 B, and a
//           quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> average: array<vec4f>;
@group(0) @binding(2) var<storage, read> value: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: f32;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count) { return; }
  let before = average[i];
  let after = value[i];
  let way = after - before;
  average[i] = select(after - (1.0 - weight) * way, before + weight * way, weight < 0.5);
}

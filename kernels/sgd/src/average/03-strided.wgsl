// sgd average, rung 03: several vectors per invocation, a workgroup apart
// Computes  average[i] += weight * (value[i] - average[i]), in the form of torch.lerp, which is exact at weights 0 and 1
// Layout    average, value flat f32[count]; weight f32[]
// Mapping   workgroup -> VECTORS * WORKGROUP neighbouring vectors; invocation -> every WORKGROUP-th of them
// Traffic   12 B per element (read average and value, write average) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of average and value at a time in registers
// Change    02 -> 03: a loop over VECTORS vectors, WORKGROUP apart: the start of an invocation and its index are paid
//           once for all of them
// Expect    gains where an invocation has a price, as on a CPU. Neighbours still touch neighbouring vectors, as a GPU
//           wants it, but VECTORS times fewer invocations are there to hide the latency of its memory
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 8u;

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
  let first = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP * VECTORS + local;
  for (var i = first; i < first + WORKGROUP * VECTORS && 4u * i < params.count; i += WORKGROUP) {
    let before = average[i];
    let after = value[i];
    let way = after - before;
    average[i] = select(after - (1.0 - weight) * way, before + weight * way, weight < 0.5);
  }
}

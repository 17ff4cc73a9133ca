// sgd average, rung 04: a run of neighbouring vectors per invocation
// Computes  average[i] += weight * (value[i] - average[i]), in the form of torch.lerp, which is exact at weights 0 and 1
// Layout    average, value flat f32[count]; weight f32[]
// Mapping   invocation -> VECTORS neighbouring vectors, two cache lines of 64 B of each tensor
// Traffic   12 B per element (read average and value, write average) for 3 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of average and value at a time in registers
// Change    03 -> 04: an invocation's vectors lie beside one another, not a workgroup apart
// Expect    gains where lanes are taken one after another, as on a CPU: each cache line is fetched for one lane and
//           used up at once. A GPU's lanes load together, and lie 128 B apart here: it wants rung 02 or 03
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
  let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS;
  for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) {
    let before = average[i];
    let after = value[i];
    let way = after - before;
    average[i] = select(after - (1.0 - weight) * way, before + weight * way, weight < 0.5);
  }
}

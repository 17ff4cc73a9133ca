// sgd average, rung 05: one invocation a workgroup, so that every address is uniform
// Computes  average[i] += weight * (value[i] - average[i]), in the form of torch.lerp, which is exact at weights 0 and 1
// Layout    average, value flat f32[count]; weight f32[]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   12 B per element (read average and value, write average) for 3 FLOP
// Resources no workgroup memory; 1 invocation a workgroup; one vector of average and value at a time in registers
// Change    04 -> 05: a workgroup is one invocation, its vectors follow from the workgroup's id alone, and a turn of the
//           loop takes eight of them, if that many are left
// Expect    on Mesa's lavapipe from 25.1 on, which makes a load or store that is uniform over the lanes one scalar
//           instruction and computes with scalars: what 04 gathers and scatters stalls at each cache line. All but one
//           of a GPU's lanes would idle
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 1u;
const VECTORS = 512u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> average: array<vec4f>;
@group(0) @binding(2) var<storage, read> value: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: f32;

fn approach(i: u32, share: f32) {
  let before = average[i];
  let after = value[i];
  let way = after - before;
  average[i] = select(after - (1.0 - share) * way, before + share * way, share < 0.5);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  let share = weight;
  for (var i = first; i < whole; i += 8u) {
    approach(i, share);
    approach(i + 1u, share);
    approach(i + 2u, share);
    approach(i + 3u, share);
    approach(i + 4u, share);
    approach(i + 5u, share);
    approach(i + 6u, share);
    approach(i + 7u, share);
  }
  for (var i = whole; i < end; i++) {
    approach(i, share);
  }
}

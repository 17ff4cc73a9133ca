// sgd accumulate, rung 05: one invocation a workgroup, so that every address is uniform
// Computes  sum[i] = share * gradient[i] for part 0 of a batch, sum[i] + share * gradient[i] for any later part
// Layout    sum, gradient flat f32[count]; share f32[], part u32[]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   12 B per element (read sum and gradient, write sum) for 2 FLOP
// Resources no workgroup memory; 1 invocation a workgroup; one vector of sum and gradient at a time in registers
// Change    04 -> 05: a workgroup is one invocation, its vectors follow from the workgroup's id alone, and a turn of the
//           loop takes eight of them, if that many are left
// Expect    on Mesa's lavapipe from 25.1 on, which makes a load or store that is uniform over the lanes one scalar
//           instruction and computes with scalars: what 04 gathers and scatters stalls at each cache line. All but one
//           of a GPU's lanes would idle
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads;
//           part 0 takes nothing from sum, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 1u;
const VECTORS = 512u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> part: u32;

fn accumulate(i: u32, weight: f32, begun: bool) {
  sum[i] = select(vec4f(), sum[i], begun) + weight * gradient[i];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  let weight = share;
  let begun = part > 0u;
  for (var i = first; i < whole; i += 8u) {
    accumulate(i, weight, begun);
    accumulate(i + 1u, weight, begun);
    accumulate(i + 2u, weight, begun);
    accumulate(i + 3u, weight, begun);
    accumulate(i + 4u, weight, begun);
    accumulate(i + 5u, weight, begun);
    accumulate(i + 6u, weight, begun);
    accumulate(i + 7u, weight, begun);
  }
  for (var i = whole; i < end; i++) {
    accumulate(i, weight, begun);
  }
}

// add, rung 05: one invocation a workgroup, so that every address is uniform
// Computes  out[i] = a[i] + b[i]
// Layout    a, b, out flat f32[count]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   12 B per element (read a and b, write out) for one addition
// Resources no workgroup memory; 1 invocation a workgroup; one vector of a, b and out at a time in registers
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
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

fn sum(i: u32) {
  out[i] = a[i] + b[i];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  for (var i = first; i < whole; i += 8u) {
    sum(i);
    sum(i + 1u);
    sum(i + 2u);
    sum(i + 3u);
    sum(i + 4u);
    sum(i + 5u);
    sum(i + 6u);
    sum(i + 7u);
  }
  for (var i = whole; i < end; i++) {
    sum(i);
  }
}

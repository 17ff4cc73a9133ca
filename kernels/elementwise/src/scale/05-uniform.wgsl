// scale, rung 05: one invocation a workgroup, so that every address is uniform
// Computes  out[i] = factor * x[i]
// Layout    x, out flat f32[count]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   8 B per element (read x, write out) for one multiplication
// Resources no workgroup memory; 1 invocation a workgroup; one vector of x and out at a time in registers
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
  factor: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

fn scale(i: u32, factor: f32) {
  out[i] = factor * x[i];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  let factor = params.factor;
  for (var i = first; i < whole; i += 8u) {
    scale(i, factor);
    scale(i + 1u, factor);
    scale(i + 2u, factor);
    scale(i + 3u, factor);
    scale(i + 4u, factor);
    scale(i + 5u, factor);
    scale(i + 6u, factor);
    scale(i + 7u, factor);
  }
  for (var i = whole; i < end; i++) {
    scale(i, factor);
  }
}

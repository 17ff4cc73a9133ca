// relu, rung 06: a select that no branch can be made of
// Computes  out[i] = x[i] where x[i] > 0, else 0; NaN stays NaN
// Layout    x, out flat f32[count]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   8 B per element (read x, write out) for one comparison
// Resources no workgroup memory; 1 invocation a workgroup; one vector of x and out at a time in registers
// Change    05 -> 06: a zero that the compiler cannot know is added behind the select
// Expect    on Mesa's lavapipe from 25.1 on: of a select whose result is only stored LLVM makes a branch over the store,
//           mispredicted for half of the elements, which costs 3 to 6 ns each; with arithmetic behind it, it stays a
//           masked move. A GPU has no such branch
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads; -0 becomes 0
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 1u;
const VECTORS = 512u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

/** 0, which the compiler cannot know. */
fn zero() -> f32 {
  return f32(params.count >> 31u);
}

fn rectify(i: u32) {
  let value = x[i];
  // max(value, vec4f()) could turn NaN into 0 and hide it.
  out[i] = select(value, vec4f(), value <= vec4f()) + zero();
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  for (var i = first; i < whole; i += 8u) {
    rectify(i);
    rectify(i + 1u);
    rectify(i + 2u);
    rectify(i + 3u);
    rectify(i + 4u);
    rectify(i + 5u);
    rectify(i + 6u);
    rectify(i + 7u);
  }
  for (var i = whole; i < end; i++) {
    rectify(i);
  }
}

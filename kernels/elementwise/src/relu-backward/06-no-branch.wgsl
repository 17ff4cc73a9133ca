// relu backward, rung 06: a select that no branch can be made of
// Computes  dX[i] = dOut[i] where out[i] > 0, else 0; where out[i] is NaN, dOut[i]
// Layout    out, dOut, dX flat f32[count]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   12 B per element (read out and dOut, write dX) for one comparison
// Resources no workgroup memory; 1 invocation a workgroup; one vector of out, dOut and dX at a time in registers
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
@group(0) @binding(1) var<storage, read> out: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

/** 0, which the compiler cannot know. */
fn zero() -> f32 {
  return f32(params.count >> 31u);
}

fn mask(i: u32) {
  dX[i] = select(dOut[i], vec4f(), out[i] <= vec4f()) + zero();
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let whole = first + (end - first) / 8u * 8u;
  for (var i = first; i < whole; i += 8u) {
    mask(i);
    mask(i + 1u);
    mask(i + 2u);
    mask(i + 3u);
    mask(i + 4u);
    mask(i + 5u);
    mask(i + 6u);
    mask(i + 7u);
  }
  for (var i = whole; i < end; i++) {
    mask(i);
  }
}

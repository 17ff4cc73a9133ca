// add, rung 06: turns counted from 0, of sixteen vectors at known offsets
// Computes  out[i] = a[i] + b[i]
// Layout    a, b, out flat f32[count]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 16 of them a turn
// Traffic   12 B per element (read a and b, write out) for one addition
// Resources no workgroup memory; 1 invocation a workgroup; one vector of a, b and out at a time in registers
// Change    05 -> 06: the loop counts turns of sixteen vectors from 0 up by 1, was vectors by 8, and an index keeps the
//           bits below the 2^27 vectors of 2 GiB
// Expect    on Mesa's lavapipe from 25.1 on: Dawn adds a counter of its own to a loop that it cannot prove finite, and
//           each turn's counters live in vector registers; where an offset may have bit 31 set, each of a vector's
//           words is tested for it, two of the six or so instructions of a load
// Edges     any count up to 2^29, which is 2 GiB: the last vector may reach into the padding that every allocation has
//           up to 16 bytes, where it computes values that nobody reads
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
  let turns = (end - first) / 16u;
  for (var t = 0u; t < turns; t++) {
    let i = (first + 16u * t) & 0x07fffff0u;
    sum(i);
    sum(i + 1u);
    sum(i + 2u);
    sum(i + 3u);
    sum(i + 4u);
    sum(i + 5u);
    sum(i + 6u);
    sum(i + 7u);
    sum(i + 8u);
    sum(i + 9u);
    sum(i + 10u);
    sum(i + 11u);
    sum(i + 12u);
    sum(i + 13u);
    sum(i + 14u);
    sum(i + 15u);
  }
  for (var i = first + 16u * turns; i < end; i++) {
    sum(i);
  }
}

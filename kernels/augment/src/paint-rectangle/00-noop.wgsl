// paint rectangle, rung 00: the dispatch floor
// Computes  nothing
// Layout    images u8[bytes], an image 3 words for 4 pixels; jobs u32[N,12] = kind, from, to (words), width, height, colour, left, top, right, bottom
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and nothing in between
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any size
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read_write> images: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main() {
}

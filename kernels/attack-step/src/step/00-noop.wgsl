// attack-step, rung 00: the dispatch floor
// Computes  nothing
// Layout    origin, gradient, point, previous, best, bestGradient f32[N,P]; controls f32[N,4]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations
// Edges     any shape
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  count: u32,
  P: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> origin: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> controls: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> point: array<f32>;
@group(0) @binding(5) var<storage, read_write> previous: array<f32>;
@group(0) @binding(6) var<storage, read_write> best: array<f32>;
@group(0) @binding(7) var<storage, read_write> bestGradient: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}

// sgd scale-rate, rung 01: naive
// Computes  scaledRate = multiplier * learningRate
// Layout    learningRate f32[], scaledRate f32[]
// Mapping   one invocation
// Traffic   8 B
// Resources no workgroup memory; 1 invocation a workgroup; the rate in a register
// Change    start: one invocation scales on the device, so that one input serves every group of parameters
// Expect    the cost of a dispatch
// Edges     none
// Needs     no optional feature, default limits
struct Params {
  multiplier: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> learningRate: f32;
@group(0) @binding(2) var<storage, read_write> scaledRate: f32;

@compute @workgroup_size(1)
fn main() {
  scaledRate = params.multiplier * learningRate;
}

// sgd hold-average, rung 01: naive
// Computes  held = 0 where overflowed is not 0, else weight
// Layout    weight f32[], overflowed u32[], held f32[]
// Mapping   one invocation
// Traffic   12 B
// Resources no workgroup memory; 1 invocation a workgroup; the weight in a register
// Change    start: one invocation takes the weight from an average whose step is left out, so that sgd-average stays as
//           it is: at weight 0 it changes no bit
// Expect    the cost of a dispatch
// Edges     none
// Needs     no optional feature, default limits.  Defined by ../reference.ts
@group(0) @binding(0) var<storage, read> weight: f32;
@group(0) @binding(1) var<storage, read> overflowed: u32;
@group(0) @binding(2) var<storage, read_write> held: f32;

@compute @workgroup_size(1)
fn main() {
  held = select(weight, 0.0, overflowed != 0u);
}

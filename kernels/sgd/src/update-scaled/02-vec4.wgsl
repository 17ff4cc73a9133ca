// sgd update-scaled, rung 02: four elements per invocation
// Computes  nothing where overflowed is not 0; else
//           decayed = gradient / lossScale + weightDecay * parameter
//           buffer  = decayed at step 0, afterwards momentum * buffer + (1 - dampening) * decayed
//           step    = buffer, or with nesterov decayed + momentum * buffer
//           parameter -= learningRate * step
// Layout    parameter, gradient, momentumBuffer flat f32[count]; learningRate f32[], stepCount u32[],
//           lossScale f32[], overflowed u32[]
// Mapping   invocation -> one vector of four elements
// Traffic   20 B per element (read all three, write parameter and momentumBuffer) for 8 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of parameter, gradient and momentumBuffer in
//           registers
// Change    01 -> 02: the tensors are bound as vectors: one load or store of 16 B where there were four of 4 B, and a
//           quarter of the invocations
// Expect    the same bytes in a quarter of the memory instructions, bounds checks and index arithmetic; most on a CPU,
//           where each has a price
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads; momentum 0 neither reads nor writes momentumBuffer;
//           step 0 never reads it, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  count: u32,
  momentum: f32,
  weightDecay: f32,
  oneMinusDampening: f32,
  nesterov: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> momentumBuffer: array<vec4f>;
@group(0) @binding(4) var<storage, read> learningRate: f32;
@group(0) @binding(5) var<storage, read> stepCount: u32;
@group(0) @binding(6) var<storage, read> lossScale: f32;
@group(0) @binding(7) var<storage, read> overflowed: u32;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * i >= params.count || overflowed != 0u) {
    return;
  }
  let before = parameter[i];
  let decayed = gradient[i] * (1.0 / lossScale) + params.weightDecay * before;
  var step = decayed;
  if (params.momentum > 0.0) {
    var buffer = decayed;
    if (stepCount > 0u) {
      buffer = params.momentum * momentumBuffer[i] + params.oneMinusDampening * decayed;
    }
    momentumBuffer[i] = buffer;
    step = buffer;
    if (params.nesterov != 0u) {
      step = decayed + params.momentum * buffer;
    }
  }
  parameter[i] = before - learningRate * step;
}

// sgd update-scaled, rung 03: a run of neighbouring vectors per invocation
// Computes  nothing where overflowed is not 0; else
//           decayed = gradient / lossScale + weightDecay * parameter
//           buffer  = decayed at step 0, afterwards momentum * buffer + (1 - dampening) * decayed
//           step    = buffer, or with nesterov decayed + momentum * buffer
//           parameter -= learningRate * step
// Layout    parameter, gradient, momentumBuffer flat f32[count]; learningRate f32[], stepCount u32[],
//           lossScale f32[], overflowed u32[]
// Mapping   invocation -> VECTORS neighbouring vectors, two cache lines of 64 B of each tensor
// Traffic   20 B per element (read all three, write parameter and momentumBuffer) for 8 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector of parameter, gradient and momentumBuffer at a
//           time in registers
// Change    02 -> 03: an invocation takes VECTORS vectors, which lie beside one another, was one
// Expect    gains where an invocation has a price and lanes are taken one after another, as on a CPU: each cache line
//           is fetched for one lane and used up at once. A GPU's lanes load together: it wants rung 02
// Edges     any count: the last vector may reach into the padding that every allocation has up to 16 bytes,
//           where it computes values that nobody reads; momentum 0 neither reads nor writes momentumBuffer;
//           step 0 never reads it, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 8u;

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
  if (overflowed != 0u) {
    return;
  }
  let unscale = 1.0 / lossScale;
  let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS;
  for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) {
    let before = parameter[i];
    let decayed = gradient[i] * unscale + params.weightDecay * before;
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
}

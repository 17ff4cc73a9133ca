// sgd update, rung 06: a loop of its own for the usual step
// Computes  decayed = gradient + weightDecay * parameter
//           buffer  = decayed at step 0, afterwards momentum * buffer + (1 - dampening) * decayed
//           step    = buffer, or with nesterov decayed + momentum * buffer
//           parameter -= learningRate * step
// Layout    parameter, gradient, momentumBuffer flat f32[count]; learningRate f32[], stepCount u32[]
// Mapping   workgroup of one invocation -> VECTORS neighbouring vectors, 8 of them a turn
// Traffic   20 B per element (read all three, write parameter and momentumBuffer) for 7 FLOP
// Resources no workgroup memory; 1 invocation a workgroup; one vector of parameter, gradient and momentumBuffer at a
//           time in registers
// Change    05 -> 06: the usual step, with momentum begun and no nesterov, has a loop without selects; loops count
//           turns of eight vectors from 0 up by 1, was vectors by 8, and an index keeps the bits below the 2^27 vectors
//           of 2 GiB
// Expect    on Mesa's lavapipe from 25.1 on: a select whose condition is the same for all is still work for each
//           element; Dawn adds a counter of its own to a loop that it cannot prove finite, and each turn's counters
//           live in vector registers; where an offset may have bit 31 set, each of a vector's words is tested for it
// Edges     any count up to 2^29, which is 2 GiB: the last vector may reach into the padding that every allocation has
//           up to 16 bytes, where it computes values that nobody reads; momentum 0 neither reads nor writes
//           momentumBuffer; step 0 takes nothing from it, so it may hold anything before
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 1u;
const VECTORS = 512u;

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

/** What is the same for all vectors: read once. */
struct Step {
  rate: f32,
  decay: f32,
  momentum: f32,
  /** Share of decayed in the buffer: 1 - dampening, and 1 at step 0. */
  share: f32,
  /** Whether the buffer holds anything. */
  started: bool,
  nesterov: bool,
}

fn usual(i: u32, at: Step) {
  let before = parameter[i];
  let decayed = gradient[i] + at.decay * before;
  let buffer = at.momentum * momentumBuffer[i] + at.share * decayed;
  momentumBuffer[i] = buffer;
  parameter[i] = before - at.rate * buffer;
}

fn withMomentum(i: u32, at: Step) {
  let before = parameter[i];
  let decayed = gradient[i] + at.decay * before;
  let buffer = at.momentum * select(vec4f(), momentumBuffer[i], at.started) + at.share * decayed;
  momentumBuffer[i] = buffer;
  parameter[i] = before - at.rate * select(buffer, decayed + at.momentum * buffer, at.nesterov);
}

fn plain(i: u32, at: Step) {
  let before = parameter[i];
  parameter[i] = before - at.rate * (gradient[i] + at.decay * before);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let vectors = (params.count + 3u) / 4u;
  let first = min((workgroup.y * workgroups.x + workgroup.x) * VECTORS, vectors);
  let end = min(first + VECTORS, vectors);
  let turns = (end - first) / 8u;
  let started = stepCount > 0u;
  let share = select(1.0, params.oneMinusDampening, started);
  let at = Step(learningRate, params.weightDecay, params.momentum, share, started, params.nesterov != 0u);
  if (params.momentum > 0.0 && started && params.nesterov == 0u) {
    for (var t = 0u; t < turns; t++) {
      let i = (first + 8u * t) & 0x07fffff8u;
      usual(i, at);
      usual(i + 1u, at);
      usual(i + 2u, at);
      usual(i + 3u, at);
      usual(i + 4u, at);
      usual(i + 5u, at);
      usual(i + 6u, at);
      usual(i + 7u, at);
    }
    for (var i = first + 8u * turns; i < end; i++) {
      usual(i, at);
    }
  } else if (params.momentum > 0.0) {
    for (var t = 0u; t < turns; t++) {
      let i = (first + 8u * t) & 0x07fffff8u;
      withMomentum(i, at);
      withMomentum(i + 1u, at);
      withMomentum(i + 2u, at);
      withMomentum(i + 3u, at);
      withMomentum(i + 4u, at);
      withMomentum(i + 5u, at);
      withMomentum(i + 6u, at);
      withMomentum(i + 7u, at);
    }
    for (var i = first + 8u * turns; i < end; i++) {
      withMomentum(i, at);
    }
  } else {
    for (var i = first; i < end; i++) {
      plain(i, at);
    }
  }
}

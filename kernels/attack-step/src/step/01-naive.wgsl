// attack-step, rung 01: one element per invocation
// Computes  with (size, epsilon, momentum, mode) = controls[n] and P(v) = clamp(clip(v, origin -+ epsilon), 0, 1):
//           mode 1: best = point, bestGradient = gradient
//           x, g = point, gradient; mode 2: x, g = best, bestGradient
//           z = P(x + size * sign(g)); momentum 1: point' = z, else P(x + momentum * (z - x) + (1 - momentum) * (x - previous))
//           previous' = x
// Layout    origin, gradient, point, previous, best, bestGradient f32[N,P]; controls f32[N,4]
// Mapping   invocation -> one element
// Traffic   20 B per element (read origin, gradient, point; write point, previous), 4 B more with momentum, 8 B more
//           where the best is kept or taken up; the controls are read again for each element
// Resources no workgroup memory; 64 invocations a workgroup; an element of each tensor in registers
// Change    start: the whole step in one pass, with what an image asks for in four numbers of its own, so that images
//           of one batch may be at different steps of different attacks
// Expect    bound by memory; on a CPU by the price of each scalar load. The network before it costs hundreds of times more
// Edges     any shape; sign(0) = 0
// Needs     no optional feature, default limits.  Defined by ../reference.ts
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
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  let control = controls[i / params.P];
  let low = origin[i] - control.y;
  let high = origin[i] + control.y;

  var x = point[i];
  var g = gradient[i];
  if (control.w == 1.0) {
    best[i] = x;
    bestGradient[i] = g;
  } else if (control.w == 2.0) {
    x = best[i];
    g = bestGradient[i];
  }
  var next = clamp(clamp(x + control.x * sign(g), low, high), 0.0, 1.0);
  if (control.z < 1.0) {
    let carried = x + control.z * (next - x) + (1.0 - control.z) * (x - previous[i]);
    next = clamp(clamp(carried, low, high), 0.0, 1.0);
  }
  previous[i] = x;
  point[i] = next;
}

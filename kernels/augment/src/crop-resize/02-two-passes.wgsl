// crop resize, rung 02: two passes
// Computes  out[y,x] = sum over rows j of down[y,j] * round(sum over columns i of across[x,i] * in[j,i]), weights in units of 2^-22,
//           each sum rounded to a byte; x is taken from the right where the job mirrors
// Layout    images u8[bytes], an image 3 words for 4 pixels;
//           jobs u32[N,12] = kind, from, to (words), width, height, left, top of the region,
//           places in list of the taps across and down, mirror; list i32[list]: a stride, then for every position first, count, weights
//           between u32[N,rows,OW], a pixel a word, is the rows that are read after the pass across
// Mapping   across: GROUPS workgroups an image, an invocation a pixel of between; down: the same, four pixels of the result
// Traffic   per pixel of between two words for each tap across, per pixel of the result one for each tap down
// Resources no workgroup memory; 64 invocations a workgroup; three sums in registers
// Change    01 -> 02: the rows that were resized across are kept, and the pass down reads them
// Expect    each row across is computed once: half the loads and less where pictures shrink
// Edges     any size, box and scale; kind 0: nothing; past the last pixel of a last four lies the last row again
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;
const HALF = 2097152i;

struct Params {
  OH: u32,
  OW: u32,
  rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> jobs: array<u32>;
@group(0) @binding(2) var<storage, read> list: array<i32>;
@group(0) @binding(3) var<storage, read_write> images: array<u32>;
@group(0) @binding(4) var<storage, read_write> between: array<u32>;

/** The pixel whose number is counted from the image's first word: R, G, B as the lowest three bytes. */
fn pixelAt(start: u32, pixel: u32) -> u32 {
  let byte = 3u * pixel;
  let word = start + byte / 4u;
  let shift = 8u * (byte & 3u);
  return ((images[word] >> shift) | ((images[word + 1u] << 1u) << (31u - shift))) & 0xffffffu;
}

/** Four pixels as three whole words, so that no word has two writers. */
fn storeFour(word: u32, a: u32, b: u32, c: u32, d: u32) {
  images[word] = a | (b << 24u);
  images[word + 1u] = (b >> 8u) | (c << 16u);
  images[word + 2u] = (c >> 16u) | (d << 8u);
}

/** Channels of one pixel of one row after the pass across, in bytes. */
fn across(job: u32, row: u32, x: u32) -> vec3i {
  let taps = jobs[job + 7u];
  let stride = u32(list[taps]);
  let at = taps + 1u + x * stride;
  let count = u32(list[at + 1u]);
  let first = (jobs[job + 6u] + row) * jobs[job + 3u] + jobs[job + 5u] + u32(list[at]);
  var sums = vec3i(HALF);
  for (var i = 0u; i < count; i += 1u) {
    let rgb = pixelAt(jobs[job + 1u], first + i);
    sums += list[at + 2u + i] * vec3i(vec3u(rgb & 255u, (rgb >> 8u) & 255u, rgb >> 16u));
  }
  return sums >> vec3u(22u);
}

@compute @workgroup_size(WORKGROUP)
fn resizeAcross(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let least = jobs[job + 10u];
  let count = jobs[job + 11u] * params.OW;
  for (var pixel = group.x * WORKGROUP + lane; pixel < count; pixel += GROUPS * WORKGROUP) {
    let rgb = vec3u(across(job, least + pixel / params.OW, pixel % params.OW));
    between[group.y * params.rows * params.OW + pixel] = rgb.x | (rgb.y << 8u) | (rgb.z << 16u);
  }
}

fn valueAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let y = min(pixel / params.OW, params.OH - 1u);
  let x = select(pixel % params.OW, params.OW - 1u - pixel % params.OW, jobs[job + 9u] == 1u);
  let taps = jobs[job + 8u];
  let at = taps + 1u + y * u32(list[taps]);
  let count = u32(list[at + 1u]);
  let first = (n * params.rows + u32(list[at]) - jobs[job + 10u]) * params.OW + x;
  var sums = vec3i(HALF);
  for (var j = 0u; j < count; j += 1u) {
    let rgb = between[first + j * params.OW];
    sums += list[at + 2u + j] * vec3i(vec3u(rgb & 255u, (rgb >> 8u) & 255u, rgb >> 16u));
  }
  let rgb = vec3u(sums >> vec3u(22u));
  return rgb.x | (rgb.y << 8u) | (rgb.z << 16u);
}

@compute @workgroup_size(WORKGROUP)
fn resizeDown(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let fours = (params.OH * params.OW + 3u) / 4u;
  for (var four = group.x * WORKGROUP + lane; four < fours; four += GROUPS * WORKGROUP) {
    let pixel = 4u * four;
    storeFour(
      jobs[job + 2u] + 3u * four,
      valueAt(group.y, pixel),
      valueAt(group.y, pixel + 1u),
      valueAt(group.y, pixel + 2u),
      valueAt(group.y, pixel + 3u),
    );
  }
}

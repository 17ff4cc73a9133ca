// paint rectangle, rung 01: naive
// Computes  the pixels of a rectangle become one colour, all others stay
// Layout    images u8[bytes], an image 3 words for 4 pixels;
//           jobs u32[N,12] = kind, from, to (words), width, height, colour, left, top, right, bottom (right and bottom exclusive)
// Mapping   GROUPS workgroups an image, which take its pixels in turns; an invocation makes four pixels
// Traffic   per four pixels 12 B written and 8 words read
// Resources no workgroup memory; 64 invocations a workgroup; four pixels in registers
// Change    start: one pixel after the other
// Expect    a copy's cost, whatever the rectangle
// Edges     any size; an empty rectangle copies; kind 0: nothing; what lies past the last pixel of a last four is copied too
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read_write> images: array<u32>;

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

fn valueAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let x = pixel % jobs[job + 3u];
  let y = pixel / jobs[job + 3u];
  let inside = x >= jobs[job + 6u] && x < jobs[job + 8u] && y >= jobs[job + 7u] && y < jobs[job + 9u];
  return select(pixelAt(jobs[job + 1u], pixel), jobs[job + 5u], inside);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let fours = (jobs[job + 3u] * jobs[job + 4u] + 3u) / 4u;
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

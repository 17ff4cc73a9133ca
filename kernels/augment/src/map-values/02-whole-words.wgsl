// map values, rung 02: whole words
// Computes  every value v of channel c of image n becomes tables[n,c,v]
// Layout    images u8[bytes], an image 3 words for 4 pixels; jobs u32[N,12] = kind, from, to (words), width, height; tables u8[N,3,256]
// Mapping   GROUPS workgroups an image, which take its pixels in turns; an invocation makes four pixels
// Traffic   per four pixels 12 B written, 3 words of the image read and 12 of the tables
// Resources no workgroup memory; 64 invocations a workgroup; three words in registers
// Change    01 -> 02: the three words of four pixels are read once, and each byte is mapped where it lies
// Expect    3 loads of the image where there were 8, and no pixel put together
// Edges     any size; a job of kind 0 leaves its image alone; what lies past the last pixel of a last four is worked on too
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read> tables: array<u32>;
@group(0) @binding(2) var<storage, read_write> images: array<u32>;

fn mapped(table: u32, value: u32) -> u32 {
  return (tables[table + value / 4u] >> (8u * (value & 3u))) & 255u;
}

/** Four bytes, of the channels that these tables are for. */
fn mappedWord(word: u32, a: u32, b: u32, c: u32, d: u32) -> u32 {
  return mapped(a, word & 255u) | (mapped(b, (word >> 8u) & 255u) << 8u) | (mapped(c, (word >> 16u) & 255u) << 16u) |
    (mapped(d, word >> 24u) << 24u);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let red = group.y * 192u;
  let green = red + 64u;
  let blue = red + 128u;
  let fours = (jobs[job + 3u] * jobs[job + 4u] + 3u) / 4u;
  for (var four = group.x * WORKGROUP + lane; four < fours; four += GROUPS * WORKGROUP) {
    let source = jobs[job + 1u] + 3u * four;
    let result = jobs[job + 2u] + 3u * four;
    let first = images[source];
    let second = images[source + 1u];
    let third = images[source + 2u];
    images[result] = mappedWord(first, red, green, blue, red);
    images[result + 1u] = mappedWord(second, green, blue, red, green);
    images[result + 2u] = mappedWord(third, blue, red, green, blue);
  }
}

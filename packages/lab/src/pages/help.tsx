/** Words of the lab and of GPUs, in an order in which each is told before it is used. */
const words = {
  Kernel:
    "A program that a GPU runs, here one operation of a network, such as relu or a convolution's gradient, in WGSL.",
  "Invocation, lane":
    "One run of the program, which learns from its number what part of the result is its own. Invocations that the hardware runs side by side are called lanes.",
  Workgroup:
    "So many invocations, often 64, that run together: they share a little fast workgroup memory, and wait for one another at a barrier.",
  Subgroup: "The lanes that go in step, 32 on many GPUs; they can hand each other values without memory.",
  Dispatch: "One start of a kernel, over a grid of workgroups.",
  "Ladder, rung":
    "A ladder is one kernel in many versions, the rungs; each is a complete file, and names the rung that it starts from. 00-noop does nothing: the dispatch floor, below which no rung can get.",
  "Shape, layer":
    "The sizes that a kernel works on. Layers are those of a real network; the tests have ragged ones too.",
  "Reference, bound":
    "The reference is the operation in plain float64 loops. A rung's result may differ from it by rounding, and by no more than the bound.",
  "GFLOPS, GB/s":
    "Billions of floating-point operations a second, where a multiply-add counts as two; billions of bytes a second, where each tensor counts once.",
  "Probe, ceiling":
    "A probe does nothing but multiply-adds out of registers (FMA), or nothing but copy. What it reaches on this GPU is the ceiling.",
  Roofline:
    "Rate over operations per byte moved, both logarithmic. A kernel with few operations per byte can be no faster than the copy, the slanted part of the roof; one with many no faster than the FMA probe, the flat part. The distance below the roof is what there is to gain.",
  "f32, f16": "Numbers of 32 and 16 bits. Some GPUs have no f16, and rungs that need it cannot run there.",
} as const;

/** What can be done here, and what the numbers mean. */
export default function Help() {
  return (
    <article class="prose">
      <h1>How to use the lab</h1>
      <p>
        You need a browser with WebGPU, such as a current Chrome, Edge, Safari or Firefox; reading needs none. On top of
        the page stands the GPU that the kernels run on. Nothing that you write or measure leaves this browser.
      </p>
      <h2>A ladder's views</h2>
      <p>
        Take a <a href="#/">ladder</a>. Each view has an address, so that a link leads to what you see.
      </p>
      <dl>
        <dt>Study</dt>
        <dd>
          The rungs as a tree of ideas. A rung stands beside the one that it starts from, and what differs is the
          lesson. The header of each file says what the rung changes and what that should gain.
        </dd>
        <dt>Moves</dt>
        <dd>
          What each lane reads and writes, step by step, at small sizes: the rung runs once with a log of every access,
          so what you see is its own index arithmetic, and that of your edit where you have one. The arrow keys move the
          slider, Home and End lead to the first and the last step.
        </dd>
        <dt>Measure</dt>
        <dd>
          <em>Check</em> runs every rung once on the shape that you choose: outputs are filled with NaN before, and each
          element must come within its bound of what the float64 reference gives. The error is told as a share of the
          bound. <em>Time</em> checks too, then takes samples in rounds of changing order, beside two probes: fused
          multiply-adds out of registers and a plain copy, this adapter's ceilings. Numbers are the median, with the
          10th and 90th percentile.
        </dd>
        <dt>Edit</dt>
        <dd>
          Change a rung, or begin from the skeleton. It is tested on the ladder's own list of shapes, with guard words
          behind every buffer, several times over, and with its workgroups and invocations in reverse order.
        </dd>
        <dt>Chapter</dt>
        <dd>The text of the kernel's folder, with the tables measured so far.</dd>
      </dl>
      <h2>Puzzles</h2>
      <p>
        A puzzle is the step from one rung to the next, for you to take. <em>Check</em> does what <em>Edit</em> does;{" "}
        <em>Time</em> checks first, and then times your module, the rung before and the rung itself in the same rounds.
        It is solved once a module that is right on all shapes reaches the share of the rung's rate that is asked. On an
        adapter where the rung gains nothing, the rung before may reach it too: the bars show that.
      </p>
      <h2>One step, opened</h2>
      <p>
        A training step is some hundred dispatches: forward, loss, backward, update. <em>Fused</em> work is drawn into
        another kernel, and costs no trip through memory of its own. The <em>arena</em> is the memory that all tensors
        of the step share, cut into <em>slots</em>; a slot is used again once its tensor is no longer needed.
      </p>
      <h2>Clocks</h2>
      <p>
        Where the adapter has timestamps they are the GPU's own. Browsers round them, Chrome to 0.1 ms, so a sample is
        many runs together, of at least 10 ms; a kernel's time within an opened step is the mean of many runs. Without
        timestamps the time is that from submitting until the device is idle. Nothing is measured in a tab that is
        hidden: keep it in front, and close what else uses the GPU.
      </p>
      <h2>Keep and compare</h2>
      <p>
        <em>Keep as JSON</em> saves what was timed. Open such a file later, or on another machine, with{" "}
        <em>Compare with a file</em>, and each rung stands beside itself. In a checkout of Fledge it is the file that{" "}
        <code>npx fledge bench --full --readme</code> keeps: in the kernel's <code>results/</code> folder,{" "}
        <code>npm run ladders</code> draws its table and chart.
      </p>
      <h2>Words</h2>
      <dl>
        {Object.entries(words).map(([word, meaning]) => (
          <>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </article>
  );
}

/** What can be done here, and what the numbers mean. */
export default function Help() {
  return (
    <article class="prose">
      <h1>How to use the lab</h1>
      <p>Take a ladder. Its five views share the ladder's address, so that a link leads to what you see.</p>
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
      <h2>Clocks</h2>
      <p>
        Where the adapter has timestamps they are the GPU's own. Browsers round them, Chrome to 0.1 ms, so a sample is
        many runs together, of at least 10 ms; a kernel's time within an opened step is the mean of many runs. Without
        timestamps the time is that from submitting until the device is idle. Nothing is measured in a tab that is
        hidden: keep it in front, and close what else uses the GPU.
      </p>
      <h2>Your GPU's table</h2>
      <p>
        <em>Keep as JSON</em> writes the file that <code>npx fledge bench --full --readme</code> keeps. Put it into the
        kernel's <code>results/</code> folder, and <code>npm run ladders</code> draws its table and chart.
      </p>
    </article>
  );
}

import { projects } from "../listed-ladders.ts";

/** Where to begin, and all ladders by the kernel's project. */
export default function Home() {
  return (
    <>
      <h1>Hand-written kernels, rung by rung</h1>
      <p class="lead">
        Each operator of a ResNet's training step is here as a <dfn>ladder</dfn>: the same GPU kernel written again and
        again, from the plainest way to the fastest found. Each <dfn>rung</dfn> is one complete WGSL file that changes
        one thing of the rung it starts from. Read what it changes, check it against a float64 reference, time it on
        your own GPU beside what that GPU can do at most, and write a better one. Everything runs in this page.
      </p>
      <section aria-labelledby="begin">
        <h2 id="begin">Where to begin</h2>
        <ol class="begin">
          <li>
            <a href="#/ladder/relu/study/02-vec4">Read a rung</a>: relu from one element for each invocation to four,
            what differs marked.
          </li>
          <li>
            <a href="#/ladder/relu/measure">Measure its ladder</a> on your GPU: is the step worth what its header says?
          </li>
          <li>
            <a href="#/ladder/linear-forward/moves/04-workgroup-tiles">Watch a rung move</a>: a matrix product in tiles,
            which lane loads and stores what, step by step.
          </li>
          <li>
            <a href="#/puzzles">Solve a puzzle</a>: write the step from one rung to the next, with hints and checks.
          </li>
          <li>
            <a href="#/step">Open a training step</a>: where the time and the memory of a whole network go.
          </li>
        </ol>
        <p>
          <a href="#/help">How to use the lab</a> says what the words and the numbers mean.
        </p>
      </section>
      <h2>The ladders</h2>
      <div class="cards">
        {projects.map(({ project, summary, ladders }) => (
          <section class="card" aria-labelledby={`project-${project}`}>
            <h3 id={`project-${project}`}>{project}</h3>
            <p>{summary}</p>
            <ul class="ladders">
              {ladders.map(({ name, rungs }) => (
                <li>
                  <a href={`#/ladder/${name}`}>{name}</a>{" "}
                  <span class="quiet">
                    {rungs.length} {rungs.length === 1 ? "rung" : "rungs"}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

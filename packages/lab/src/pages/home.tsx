import { projects } from "../listed-ladders.ts";

/** All ladders, by the kernel's project. */
export default function Home() {
  return (
    <>
      <h1>Hand-written kernels, rung by rung</h1>
      <p class="lead">
        Each operator of a ResNet's training step is here as a ladder of complete WGSL files, from the plainest to the
        fastest; each rung changes one thing. Read what it changes, check it against the float64 reference, time it on
        your own GPU beside that GPU's ceilings, and write a better one. Everything runs in this page.
      </p>
      <div class="cards">
        {projects.map(({ project, summary, ladders }) => (
          <section class="card" aria-labelledby={`project-${project}`}>
            <h2 id={`project-${project}`}>{project}</h2>
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

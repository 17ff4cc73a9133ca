/** Lines shown above and below the one that runs. */
const around = 2;

/** The line of the shader that runs, among its neighbours. */
export function SourceLines({ source, line }: { readonly source: string; readonly line: number }) {
  const lines = source.split("\n");
  const first = Math.max(1, line - around);
  const shown = lines.slice(first - 1, line + around);
  return (
    <pre class="source-lines scrolls" tabIndex={0} role="region" aria-label="The line of the shader">
      {shown.map((text, index) => {
        const number = first + index;
        return (
          <code class={number === line ? "now-line" : ""}>
            {String(number).padStart(4)} {text}
            {"\n"}
          </code>
        );
      })}
    </pre>
  );
}

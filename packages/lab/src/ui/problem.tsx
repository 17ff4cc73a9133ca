/** What went wrong, in the words of the error. */
export function Problem({ error }: { readonly error: unknown }) {
  return (
    <p class="problem" role="alert">
      {error instanceof Error ? error.message : String(error)}
    </p>
  );
}

import { useEffect, useState } from "preact/hooks";

export interface Answer<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** The value of a promise once it is there, asked anew where `of` changes; empty until then. */
export function useAnswer<T>(question: () => Promise<T>, of: readonly unknown[]): Answer<T> {
  const [last, setLast] = useState<{ readonly of: readonly unknown[]; readonly answer: Answer<T> }>();
  useEffect(() => {
    let current = true;
    question().then(
      (value) => current && setLast({ of, answer: { value } }),
      (error: unknown) => current && setLast({ of, answer: { error } }),
    );
    return () => {
      current = false;
    };
  }, of);
  // An effect comes after a render, which must not show the answer to what was asked before.
  return last?.of.every((one, at) => Object.is(one, of[at])) ? last.answer : {};
}

import { useEffect, useState } from "preact/hooks";

export interface Answer<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** The value of a promise once it is there, asked anew where `of` changes; empty until then. */
export function useAnswer<T>(question: () => Promise<T>, of: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({});
  useEffect(() => {
    let current = true;
    setAnswer({});
    question().then(
      (value) => current && setAnswer({ value }),
      (error: unknown) => current && setAnswer({ error }),
    );
    return () => {
      current = false;
    };
  }, of);
  return answer;
}

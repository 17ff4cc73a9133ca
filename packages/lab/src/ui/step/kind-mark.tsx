import type { Kind } from "./kernel-facts.ts";

/** The colour of a kind of kernels, beside its name. */
export const KindMark = ({ kind }: { readonly kind: Kind }) => <span class={`kind-mark ${kind}`} aria-hidden="true" />;

// By itself, so that zod is loaded only when a file is read.
export { ladderSchema } from "@fledge/bench/ladder-schema";

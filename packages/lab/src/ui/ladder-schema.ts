// By itself, so that zod is loaded only when a file is read; what configures zod comes before the schema.
import "./zod-in-a-page.ts";

export { ladderSchema } from "@fledge/bench/ladder-schema";

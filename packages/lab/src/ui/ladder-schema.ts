// By itself, so that zod is loaded only when a file is read.
import { config } from "zod";

// It would compile its checks as text, which the page's content security policy forbids.
config({ jitless: true });

export { ladderSchema } from "@fledge/bench/ladder-schema";

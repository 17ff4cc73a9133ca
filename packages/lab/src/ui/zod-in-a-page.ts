import { config } from "zod";

// It would compile its checks from text, already where a schema is made, which the page's content security policy forbids.
config({ jitless: true });

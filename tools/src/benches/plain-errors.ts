// Imported into every benchmark before it: also what goes wrong before it has read its options is told in a sentence.
import { tellPlainly } from "@fledge/bench";

tellPlainly();

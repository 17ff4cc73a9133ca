import { budgets, type Budget } from "./budgets.ts";
import { OptionsError } from "./command-line.ts";

/**
 * The budget that the environment variable FLEDGE_BENCH asks for: `quick` (the default) or `full`.
 * @throws OptionsError if it is set to anything else
 */
export function benchBudget(env: NodeJS.ProcessEnv): Budget {
  const mode = env["FLEDGE_BENCH"] ?? "quick";
  if (mode === "quick" || mode === "full") return budgets[mode];
  throw new OptionsError(`FLEDGE_BENCH is "${mode}"; set it to quick or full, or leave it unset for quick`);
}

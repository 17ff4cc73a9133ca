import type { Gpu } from "@fledge/runtime";
import { calibrate, type TimeRuns } from "./time-in-rounds.ts";

/** A GPU raises its clock under load, within some tens of milliseconds; what was timed before would look slow. */
const warmUpUs = 60_000;
/** Least duration of a submission, so that the device does not idle between two of them. */
const submissionUs = 2_000;

/** Runs something for so long, on a device that is no CPU. */
export async function warmUp(
  { adapter }: { readonly adapter: Pick<Gpu["adapter"], "software"> },
  time: TimeRuns,
): Promise<void> {
  if (adapter.software) return;
  const { repeats } = await calibrate(time, submissionUs);
  for (let spentUs = 0; spentUs < warmUpUs;) spentUs += await time(repeats);
}

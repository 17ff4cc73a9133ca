import { Gpu, planKernel, elementCount } from "@fledge/runtime";
import { tracePlan, runKernel, seededRandom } from "@fledge/kernel-lab";
import * as linear from "@fledge/linear"; import * as conv from "@fledge/conv2d"; 
const gpu = await Gpu.open();
const conv3 = { N: 1, IH: 4, IW: 4, IC: 4, OC: 8, KH: 3, KW: 3, stride: 1, padding: 1 };
for (const [k, id, shape, tile] of [[linear.linearForward, "linear-forward/04-workgroup-tiles", {N:8,IN:8,OUT:8}, {BM:4,BN:1,BK:1,TM:2}],[conv.conv2dForward, "conv2d-forward/02-tiled", conv3, {BM:4,BN:4,BK:4,WORKGROUP:16}],[conv.conv2dForward, "conv2d-forward/03-register-blocked", conv3, {BM:8,BN:8,BK:4}],[conv.conv2dForward, "conv2d-forward/10-winograd", conv3, {}]] as any) {
  const plan = planKernel(k as any, shape, { device: gpu.traits, rung: id, tile }) as any;
  const rnd = seededRandom(3); const inputs = Object.fromEntries(Object.entries(plan.tensors).map(([n, s]: any) => [n, Float32Array.from({ length: elementCount(s) }, rnd)])) as any;
  const c = process.cpuUsage(); const a=performance.now();
  const trace = await tracePlan(gpu, plan, inputs);
  const u = process.cpuUsage(c);
  console.log(id, Math.round(performance.now()-a), "ms", (u.user+u.system)/1e6, "cpu s", trace.dispatches.map((d) => `${d.entryPoint} ${d.workgroups}x${d.workgroupSize} steps ${d.groups[0]!.length}`).join("; "), trace.dispatches.flatMap(d=>d.memories.filter(m=>m.role==="workgroup").map(m=>m.name+JSON.stringify(m.shape))).join(" "));
  if (id.includes("02-tiled")) for (const s of trace.dispatches[0].groups[0].slice(0, 20)) console.log(s.line, s.phase, s.barrier, s.text.slice(0,90), s.lanes.length, JSON.stringify(s.accesses.slice(0,3)));
  const plain = await runKernel(gpu, k as any, shape, inputs, { rung: "x" === id ? id : (k as any).rungs[0].id });
  console.log(Math.max(...Object.entries(trace.outputs).flatMap(([n,t]) => [...t].map((v,i)=>Math.abs(v-(plain as any)[n][i])))));
}
await gpu.close();

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { createServer, type AddressInfo } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Debian keeps daemons where the path of ordinary users does not lead. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
const find = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((file) => existsSync(file));

const daemons = ["munged", "slurmctld", "slurmd"] as const;

/** What a test of the cluster is called: where Slurm is not there, it says how to install it, and does not run. */
export const needsSlurm = "on a cluster of this machine (apt-get install slurm-wlm munge)";
export const hasSlurm = [...daemons, "sbatch", "squeue", "scontrol"].every((name) => find(name) !== undefined);

/** Until it is so; the test's own time limit ends what never is. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

/** Ports that nobody listens on. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}

function configuration(folder: string, [controller, node]: readonly number[]): string {
  const host = hostname().split(".")[0]!;
  const user = userInfo().username;
  return `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CryptoType=crypto/munge
# A job that goes back into the queue waits for as long as credentials hold: two minutes, or with fewer than 5 seconds.
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmdSpoolDir=${folder}/spool
StateSaveLocation=${folder}/state
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=500 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

/** Begins a daemon that ends when this process does, however that ends. */
function begin(name: (typeof daemons)[number], args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const script = `"$@" >&2 & daemon=$!; cat >/dev/null; kill $daemon; wait $daemon`;
  return spawn("sh", ["-c", script, "sh", find(name)!, ...args], { env, stdio: ["pipe", "ignore", "pipe"] });
}

/** A cluster of this machine's own, on loopback and in a fresh folder. */
export class SlurmCluster {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #daemons: ChildProcess[] = [];
  #said = "";

  private constructor(folder: string) {
    this.#folder = folder;
    this.#env = { ...process.env, SLURM_CONF: join(folder, "slurm.conf") };
  }

  /** Starts one, whose commands work in this process and those that it begins. */
  static async start(): Promise<SlurmCluster> {
    const folder = await mkdtemp(join(tmpdir(), "fledge-slurm-"));
    await chmod(folder, 0o755); // MUNGE wants a socket that everybody can reach.
    for (const name of ["munge", "spool", "state"]) await mkdir(join(folder, name), { mode: 0o755 });
    await writeFile(join(folder, "munge", "key"), randomBytes(128), { mode: 0o600 });
    await writeFile(join(folder, "slurm.conf"), configuration(folder, await freePorts(2)));
    const cluster = new SlurmCluster(folder);
    const munge = ["key-file=key", "socket=socket", "pid-file=pid", "seed-file=seed", "log-file=log"];
    const places = munge.map((option) => `--${option.replace("=", `=${folder}/munge/`)}`);
    cluster.#begin("munged", ["--foreground", ...places]);
    cluster.#begin("slurmctld", ["-D"]);
    cluster.#begin("slurmd", ["-D"]);
    try {
      await until(() => cluster.#isIdle());
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    process.env["SLURM_CONF"] = cluster.#env["SLURM_CONF"]!;
    return cluster;
  }

  #begin(name: (typeof daemons)[number], args: readonly string[]): void {
    const daemon = begin(name, args, this.#env);
    daemon.stderr!.on("data", (chunk) => (this.#said += String(chunk)));
    this.#daemons.push(daemon);
  }

  #isIdle(): boolean {
    const gone = this.#daemons.find(({ exitCode }) => exitCode !== null);
    if (gone) throw new Error(`a daemon has ended: ${this.#said}`);
    try {
      return this.call("sinfo", "--noheader", "--format=%T").startsWith("idle");
    } catch {
      return false;
    }
  }

  /** What one of Slurm's commands says. */
  call(command: string, ...args: string[]): string {
    return execFileSync(command, args, { env: this.#env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** The tasks in the queue that wait or run, as `12_3 RUNNING`. */
  queue(): string[] {
    return this.call("squeue", "--noheader", "--array", "--format=%i %T").trim().split("\n").filter(Boolean);
  }

  /** Ends all jobs and then the daemons. */
  async stop(): Promise<void> {
    delete process.env["SLURM_CONF"];
    try {
      this.call("scancel", `--user=${userInfo().username}`);
      for (let tries = 0; tries < 100 && this.queue().length > 0; tries++) await sleep(100);
    } catch {
      // The controller is gone.
    }
    for (const daemon of this.#daemons.toReversed()) {
      const end = daemon.exitCode === null ? once(daemon, "close") : undefined;
      daemon.stdin!.end();
      await end;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Ends the process that works on a run, or will, as a power cut would: the lock of an earlier one may still lie there. */
export const killWorker = (run: string): Promise<void> =>
  until(async () => {
    try {
      const { pid } = JSON.parse(await readFile(join(run, "run.lock"), "utf8")) as { pid: number };
      return process.kill(pid, "SIGKILL");
    } catch {
      return false;
    }
  });

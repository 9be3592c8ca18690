import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken for a later one which was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever words the system uses; null where it does not say. */
  startedAt: string | null;
  /** The machine, its boot and the process namespace in which the number means anything. */
  world: string;
}

const bootId = readText("/proc/sys/kernel/random/boot_id") ?? hostname();
const world = `${bootId} ${readLink("/proc/self/ns/pid") ?? hostname()}`;

export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid), world };
}

/**
 * Whether the very process still runs: "unknown" if it belongs to another container on this boot,
 * whose processes cannot be seen from here. After a reboot nothing of before is alive.
 */
export function lifeOf(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (identity.world !== world) {
    return identity.world.split(" ")[0] === bootId ? "unknown" : "dead";
  }
  const startedAt = startOf(identity.pid);
  return startedAt !== null && startedAt === identity.startedAt ? "alive" : "dead";
}

/** Null if there is no such process, or only its remains that nobody has collected yet. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    const stat = readText(`/proc/${pid}/stat`);
    // The name, in parentheses, may itself contain blanks and parentheses.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields ?? [];
    return fields === undefined || state === "Z" || state === "X" ? null : (fields[19] ?? null);
  }
  if (process.platform === "win32") {
    try {
      process.kill(pid, 0);
      return "running";
    } catch {
      return null;
    }
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return ps.stdout?.trim() || null;
}

/** Asks a postmaster to end: at first it lets clients go, then it insists. */
export async function stopPostmaster(identity: ProcessIdentity): Promise<void> {
  for (const [signal, seconds] of [
    ["SIGINT", 10],
    ["SIGQUIT", 5],
    ["SIGKILL", 5],
  ] as const) {
    if (lifeOf(identity) !== "alive") return;
    send(identity.pid, signal);
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until && lifeOf(identity) === "alive") await sleep(10);
  }
  if (lifeOf(identity) === "alive") {
    throw new Error(`PostgreSQL process ${identity.pid} does not end`);
  }
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

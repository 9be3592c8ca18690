import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";

/** How long the other npm start on the same data may take until its servers answer. */
const PATIENCE_MS = 10_000;

/** Keeps the variables that lead to a server, for commands and for another npm start. */
export function writeEnvironment(file: string, environment: Record<string, string>): void {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
}

/** The variables of a server of another process, as soon as the page of one of them answers. */
export async function findEnvironment(
  file: string,
  pageOf: (environment: Record<string, string>) => string,
  complaint: string,
): Promise<Record<string, string>> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const environment = readEnvironment(file);
    if (await answers(pageOf(environment))) return environment;
    if (Date.now() > until) throw new Error(complaint);
    await sleep(200);
  }
}

function readEnvironment(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    // Not written yet.
    return {};
  }
}

async function answers(page: string): Promise<boolean> {
  try {
    const response = await fetch(page, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { projectRoot } from "../../worker/database/root.ts";

/*
 * The project's programs as their users start them: processes of their own, with nothing in the
 * environment that was not given to them.
 */

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** Settles when the process has ended and everything that it wrote has been read. */
  ended: Promise<Ended>;
  /** Waits until standard output or standard error says it, and returns the match. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  hasSaid(pattern: RegExp): boolean;
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

const OURS =
  /^(DATABASE_URL|TEST_DATABASE_URL|API_DATABASE_URL|LOG_LEVEL|PORT|HOST|GRAPHIQL|GRAPHILE_ENV|NODE_OPTIONS|VITEST.*|DYNAMICS_.*|JW.*|SMTP_URL|MAIL_FROM)$/;

export interface StartOptions {
  /** What standard input says before it ends (nothing). */
  input?: string;
}

/** Starts one of the project's files; what still runs at the end of the test is killed. */
export function start(
  file: string,
  args: string[] = [],
  environment: Record<string, string> = {},
  { input = "" }: StartOptions = {},
): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const child = spawn(process.execPath, [join(projectRoot, file), ...args], {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A program that does not read it may have ended before it is written.
  child.stdin.on("error", () => {}).end(input);
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal, ...output }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });

  const says = async (pattern: RegExp) =>
    await new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
        if (match === null) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then(({ status, stderr }) =>
        reject(new Error(`${file} ended with ${status} and did not say ${pattern}: ${stderr}`)),
      );
    });
  const hasSaid = (pattern: RegExp) => pattern.test(output.stdout) || pattern.test(output.stderr);
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return await ended;
  };
  return { ended, says, hasSaid, kill };
}

/** Starts one of the project's files and waits for its end. */
export async function run(
  file: string,
  args: string[] = [],
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<Ended> {
  return await start(file, args, environment, options).ended;
}

/** What a command that refused has said, without its name: one line, and nothing else anywhere. */
export function refusalSentence(name: string, { status, stdout, stderr }: Ended): string {
  const [, sentence] = new RegExp(`^${name}: (.+)\n$`).exec(stderr) ?? [];
  if (status !== 1 || stdout !== "" || sentence === undefined) {
    throw new Error(`not a refusal: ${JSON.stringify({ status, stdout, stderr })}`);
  }
  return sentence;
}

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readMailConfig } from "../../worker/mail/config.ts";
import type { MailConfig } from "../../worker/mail/config.ts";
import type { Counts } from "./server-process.ts";

export interface MailServer {
  config: MailConfig;
  /** What was received while something was done. */
  countsOf(work: () => Promise<unknown>): Promise<Counts>;
}

/** Lends a mail server in a process of its own, which answers each message so much later. */
export async function withMailServer<Result>(
  delayMs: number,
  work: (server: MailServer) => Promise<Result>,
): Promise<Result> {
  const child = fork(join(import.meta.dirname, "server-process.ts"), [String(delayMs)]);
  const ended = new AbortController();
  child.once("exit", () => ended.abort());
  const answer = async () => {
    const [counts] = await once(child, "message", { signal: ended.signal });
    return counts as Counts;
  };
  const ask = async () => {
    child.send("counts");
    return await answer();
  };
  try {
    const { port } = await answer();
    const { config, problems } = readMailConfig({
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: "Bench <bench@example.org>",
    });
    if (config === undefined) throw new Error(`The mail server's address: ${problems?.join("; ")}`);
    return await work({
      config,
      countsOf: async (measured) => {
        await ask();
        await measured();
        return await ask();
      },
    });
  } finally {
    if (!ended.signal.aborted) {
      child.disconnect();
      await once(child, "exit");
    }
  }
}

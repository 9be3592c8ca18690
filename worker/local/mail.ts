import { rmSync } from "node:fs";
import { join } from "node:path";
import { findEnvironment, writeEnvironment } from "./environment-file.ts";
import { startMailCatcher } from "./mail/catcher.ts";
import type { MailCatcher } from "./mail/catcher.ts";

/** Where inbox page and mail server are, unless something else is there. */
const PORTS = { httpPort: 5681, port: 5682 };

const FROM = "Demonstrasjonslaget <likeperson@example.org>";

/** The mail server that is brought up where none is configured; it sends nothing on. */
export interface LocalMail {
  /** The page with everything that was sent: http://127.0.0.1:PORT/ */
  inboxUrl: string;
  /** The variables of mail that lead to it. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a mail catcher that keeps its mails in the folder from one start to the next. */
export async function startLocalMail(folder: string): Promise<LocalMail> {
  const catcher = await listen(keptIn(folder));
  const { inboxUrl, smtpUrl } = catcher;
  const environment = { SMTP_URL: smtpUrl, MAIL_FROM: FROM };
  writeEnvironment(fileOf(folder), { ...environment, INBOX_URL: inboxUrl });
  return { inboxUrl, environment, stop: () => catcher.stop() };
}

/** The mail catcher of another npm start on the same data. */
export async function findLocalMail(folder: string): Promise<LocalMail> {
  const { INBOX_URL: inboxUrl = "", ...environment } = await findEnvironment(
    fileOf(folder),
    (found) => found["INBOX_URL"] ?? "",
    `Another process uses the data in ${folder}, and its mail server does not answer; stop it first.`,
  );
  return { inboxUrl, environment, stop: async () => {} };
}

/** Begins anew with an inbox that is empty. */
export function forgetLocalMail(folder: string): void {
  for (const file of [keptIn(folder), fileOf(folder)]) rmSync(file, { force: true });
}

async function listen(file: string): Promise<MailCatcher> {
  try {
    return await startMailCatcher({ ...PORTS, file });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return await startMailCatcher({ file });
  }
}

function keptIn(folder: string): string {
  return join(folder, "mails.jsonl");
}

function fileOf(folder: string): string {
  return join(folder, "mail.env");
}

import { withClient } from "../../worker/database/pool.ts";
import { measure } from "../support/measure.ts";
import type { Measurement } from "../support/measure.ts";
import { cloneDatabase, dropDatabase, settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";
import { messagesOf, sendFoil } from "./foil.ts";
import { sendOurs } from "./ours.ts";
import type { Ours, StatementTime } from "./ours.ts";
import { prepareMails } from "./prepare.ts";
import { withMailServer } from "./server.ts";
import type { MailServer } from "./server.ts";
import type { Counts } from "./server-process.ts";

const START = "bench_dispatch_start";
const VARIANT = "bench_dispatch_variant";

export interface DispatchOptions {
  mails: number;
  places: number;
  /** One comparison for each delay of the mail server, in milliseconds. */
  delays: number[];
  onProgress: (line: string) => void;
}

export type Sent = Measurement & Counts;

export interface DispatchResult {
  mails: number;
  places: number;
  delayMs: number;
  ours: Sent;
  foil: Sent;
  statements: Record<string, StatementTime>;
}

/** Sends the same mails in both ways over each mail server. */
export async function measureDispatch(
  server: BenchServer,
  options: DispatchOptions,
): Promise<DispatchResult[]> {
  const { mails, delays, onProgress } = options;
  const results: DispatchResult[] = [];
  try {
    onProgress("preparing");
    await prepareMails(server, START, mails);
    for (const delayMs of delays) {
      await cloneDatabase(server, START, VARIANT);
      results.push(
        await withMailServer(delayMs, (mailServer) =>
          compare(server.url(VARIANT), mailServer, { ...options, delayMs }),
        ),
      );
    }
    return results;
  } finally {
    await dropDatabase(server, VARIANT);
    await dropDatabase(server, START);
  }
}

async function compare(
  url: string,
  mailServer: MailServer,
  { mails, places, delayMs, onProgress }: DispatchOptions & { delayMs: number },
): Promise<DispatchResult> {
  const { config } = mailServer;
  await withClient(url, settle);
  onProgress(`${delayMs} ms: ours`);
  let done: Ours | undefined;
  const ours = await measureSending(mailServer, mails, async () => {
    done = await sendOurs(url, config, places);
  });
  await mustKnow(url, mails);
  const { letters, statements } = done!;
  const messages = messagesOf(letters, config);
  onProgress(`${delayMs} ms: foil`);
  const foil = await measureSending(mailServer, mails, () => sendFoil(messages, config, places));
  return { mails, places, delayMs, ours, foil, statements };
}

async function measureSending(
  mailServer: MailServer,
  mails: number,
  work: () => Promise<void>,
): Promise<Sent> {
  let measured: Measurement | undefined;
  const counts = await mailServer.countsOf(async () => {
    measured = await measure(work);
  });
  if (counts.mails !== mails || counts.different !== mails) {
    throw new Error(`${counts.mails} mails have come, ${counts.different} of them different`);
  }
  return { ...measured!, ...counts };
}

async function mustKnow(url: string, mails: number): Promise<void> {
  const sent = await withClient(url, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)
       from app_public.notification_deliveries as d
       where d.channel = 'email' and d.state = 'sent'`,
    );
    return rows[0]?.count;
  });
  if (sent !== mails) throw new Error(`${sent} of ${mails} mails are recorded as sent`);
}

import type pg from "pg";
import preset from "../../graphile.config.ts";
import { createPool } from "../../worker/database/pool.ts";
import type { MailConfig } from "../../worker/mail/config.ts";
import { Dispatcher } from "../../worker/notifications/dispatcher.ts";
import { openEmail } from "../../worker/notifications/email.ts";
import type { Channel, Letter } from "../../worker/notifications/channel.ts";
import type { Database } from "../../worker/notifications/ledger.ts";

/** How often a function of the database was called, and how long it took in all. */
export interface StatementTime {
  calls: number;
  milliseconds: number;
}

export interface Ours {
  letters: Letter[];
  statements: Record<string, StatementTime>;
}

/** Sends every mail that waits, as the worker's job does it. */
export async function sendOurs(url: string, config: MailConfig, places: number): Promise<Ours> {
  const pool = createPool(url, {
    max: preset.worker?.maxPoolSize ?? 12,
    settings: { "mentor_lifecycle.actor": "worker" },
  });
  const letters: Letter[] = [];
  const statements: Record<string, StatementTime> = {};
  const email = openEmail(config, { maxConnections: places });
  try {
    await new Dispatcher(remembering(email, letters)).dispatch(timed(pool, statements));
    return { letters, statements };
  } finally {
    await email.close();
    await pool.end();
  }
}

function remembering(channel: Channel, letters: Letter[]): Channel {
  return {
    ...channel,
    send: (letter, signal) => {
      letters.push(letter);
      return channel.send(letter, signal);
    },
  };
}

function timed(database: Database, statements: Record<string, StatementTime>): Database {
  const query: Database["query"] = async <Row extends pg.QueryResultRow>(
    statement: string,
    values?: unknown[],
  ) => {
    const [, name = "other"] = /app_private\.(\w+)/.exec(statement) ?? [];
    const began = performance.now();
    const result = await database.query<Row>(statement, values);
    const time = (statements[name] ??= { calls: 0, milliseconds: 0 });
    time.calls += 1;
    time.milliseconds += performance.now() - began;
    return result;
  };
  return { query };
}

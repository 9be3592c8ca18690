import { createPool, withClient } from "../../worker/database/pool.ts";
import { Dispatcher } from "../../worker/notifications/dispatcher.ts";
import { createAssociation } from "../portal/prepare.ts";
import { settle } from "../support/server.ts";
import type { BenchServer } from "../support/server.ts";

/** A database in which so many mentors are each to be told by e-mail that they are paused. */
export async function prepareMails(
  server: BenchServer,
  database: string,
  mails: number,
): Promise<void> {
  await createAssociation(server, database, mails);
  const url = server.url(database);
  await withClient(url, async (client) => {
    await client.query(
      `insert into app_public.mentor_pauses (mentor_id, cause, reason, started_at, started_by)
       select m.id, 'coordinator', 'Bench', app_private.clock(), 'bench'
       from app_public.mentors as m`,
    );
  });
  // Without a mail server the recipients are found and the inbox is written, and mails wait.
  const pool = createPool(url, { max: 2 });
  try {
    await new Dispatcher(undefined).dispatch(pool);
  } finally {
    await pool.end();
  }
  await withClient(url, settle);
}

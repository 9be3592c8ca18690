import type pg from "pg";
import type { Simulator } from "./types.ts";

/** How soon a new mentor gets a row. */
const EVERY_MS = 1000;

/** What the stand-in asks of a simulator. */
export type MembersTable = Pick<Simulator, "add" | "row" | "rows">;

export interface MembersOptions {
  /** Whether a row is visible from the beginning (none is). */
  startsVisible?: (mentor: { organization: string; key: string }) => boolean;
}

export interface Members {
  stop(): Promise<void>;
}

/**
 * Stands in for the association's membership system, which has a row for every mentor long before the
 * website shows it: whoever has none gets one, hidden, now and once a second.
 *
 * In an association the row comes first. Here the worker may have looked in vain by then, which puts
 * the mentor before a person; that person's "sync again" is given once for each row.
 */
export async function keepMembers(
  pool: pg.Pool,
  simulator: MembersTable,
  { startsVisible = () => false }: MembersOptions = {},
): Promise<Members> {
  const fresh = new Set<string>();
  await addMissingRows(pool, simulator, startsVisible);
  const look = async () => {
    for (const key of await addMissingRows(pool, simulator)) fresh.add(key);
    if (fresh.size > 0) await syncAgain(pool, fresh);
  };
  let looking = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // A database that does not answer now is asked again in a second.
    looking = look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Returns the keys of the rows that it has added. */
async function addMissingRows(
  pool: pg.Pool,
  simulator: MembersTable,
  startsVisible: NonNullable<MembersOptions["startsVisible"]> = () => false,
): Promise<string[]> {
  const { rows } = await pool.query<{ organization: string; key: string }>(
    `select o.slug as organization, m.mentor_key as key
     from app_public.mentors as m
     join app_public.organizations as o on o.id = m.organization_id
     order by o.created_at, m.mentor_key`,
  );
  const known = new Set(simulator.rows().map(({ key }) => key));
  const added: string[] = [];
  for (const mentor of rows) {
    if (known.has(mentor.key)) continue;
    simulator.add(mentor.key, { visible: startsVisible(mentor) });
    known.add(mentor.key);
    added.push(mentor.key);
  }
  return added;
}

/** Forgets those of the keys that are dealt with. */
async function syncAgain(pool: pg.Pool, fresh: Set<string>): Promise<void> {
  const { rows } = await pool.query<{ id: string; key: string; isMissing: boolean }>(
    `select m.id, m.mentor_key as key, l.error_class is not distinct from 'missing' as "isMissing"
     from app_public.portal_listings as l
     join app_public.mentors as m on m.id = l.mentor_id
     where m.mentor_key = any ($1)
       and (l.condition = 'synced' or l.error_class = 'missing')`,
    [[...fresh]],
  );
  for (const { id, key, isMissing } of rows) {
    fresh.delete(key);
    if (isMissing) await pool.query("select from app_public.force_portal_sync($1)", [id]);
  }
}

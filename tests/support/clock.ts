import type pg from "pg";

/*
 * When a story plays and on whose behalf: settings of the transaction, which the rules read.
 */
export type Database = pg.ClientBase;

/** The day on which every story plays, unless it says otherwise: noon in Oslo. */
export const TODAY = "2026-03-15";

/** The day so many days later; earlier with a negative number. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Commits what the work has written, or nothing. The clock stands at noon of `on` in it. */
export async function transaction<Result>(
  db: Database,
  work: () => Promise<Result>,
  { on = TODAY, isolation = "read committed" }: { on?: string; isolation?: string } = {},
): Promise<Result> {
  await db.query(`begin isolation level ${isolation}`);
  try {
    await setClock(db, on);
    const result = await work();
    await db.query("commit");
    return result;
  } catch (error) {
    await db.query("rollback");
    throw error;
  }
}

/** Sets what the rules take for now, until the transaction ends: an instant, or a day at noon in Oslo. */
export async function setClock(db: Database, at: string): Promise<void> {
  const instant = /^\d{4}-\d\d-\d\d$/.test(at) ? `${at} 12:00:00 Europe/Oslo` : at;
  await setting(db, "as_of", instant);
}

/** Lets the transaction run on behalf of a person; null is an operator at the database. */
export async function actAs(db: Database, personId: string | null): Promise<void> {
  await setting(db, "person_id", personId ?? "");
}

async function setting(db: Database, name: string, value: string): Promise<void> {
  await db.query("select set_config('mentor_lifecycle.' || $1, $2, true)", [name, value]);
}

/** The setting's value for the while of the work. */
export async function atClock<Result>(
  db: Database,
  at: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { rows } = await db.query<{ before: string | null }>(
    "select current_setting('mentor_lifecycle.as_of', true) as before",
  );
  await setClock(db, at);
  const result = await work();
  await setting(db, "as_of", rows[0]?.before ?? "");
  return result;
}

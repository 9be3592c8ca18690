import type pg from "pg";
import type { Prepared } from "./prepare.ts";

/** Connections that work at once. */
export const CONCURRENCY = 8;

interface DueMentor {
  mentor_id: string;
  certification_id: string;
  expires_on: string;
  threshold_days: number | null;
}

/**
 * The night as a program usually does it: read who is due, then an upsert for each reminder and a
 * status call for each pause, every one its own transaction, eight at a time over a pool.
 *
 * The upsert and the call fire our triggers, so the database does all that our run has it do but
 * plan, evidence and the check afterwards; the difference is that it does it mentor by mentor.
 */
export async function runFoil(
  pool: pg.Pool,
  prepared: Prepared,
  limit: number,
): Promise<{ mentors: number }> {
  const due = await findDue(pool, prepared, limit);
  const queue = due.values();
  const work = async () => {
    for (const mentor of queue) {
      if (mentor.threshold_days === null) await pause(pool, mentor);
      else await remind(pool, mentor, prepared.runOn);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { mentors: due.length };
}

async function findDue(pool: pg.Pool, prepared: Prepared, limit: number): Promise<DueMentor[]> {
  const { rows } = await pool.query<DueMentor>(
    `select c.mentor_id, c.id as certification_id, c.expires_on,
       case when c.expires_on >= $2::date then c.expires_on - $2::date end as threshold_days
     from app_public.certifications as c
     where c.organization_id = $1::uuid
       and c.expires_on <= $2::date + 30
     order by c.mentor_id
     limit $3::integer`,
    [prepared.organizationId, prepared.runOn, limit],
  );
  return rows;
}

async function pause(pool: pg.Pool, mentor: DueMentor): Promise<void> {
  await pool.query({
    name: "pause",
    text: `insert into app_public.mentor_pauses
             (mentor_id, cause, reason, certification_id, started_at, started_by)
           values ($1, 'certification', $3, $2, now(), 'nightly')
           on conflict (mentor_id, kind) where ended_at is null do nothing`,
    values: [
      mentor.mentor_id,
      mentor.certification_id,
      `Required certification "Peer mentor" expired on ${mentor.expires_on}.`,
    ],
  });
}

async function remind(pool: pg.Pool, mentor: DueMentor, runOn: string): Promise<void> {
  await pool.query({
    name: "remind",
    text: `insert into app_public.certification_reminders
             (mentor_id, certification_id, expires_on, threshold_days, disposition, decided_on)
           values ($1, $2, $3, $4, 'notified', $5)
           on conflict on constraint certification_reminders_once do nothing`,
    values: [
      mentor.mentor_id,
      mentor.certification_id,
      mentor.expires_on,
      mentor.threshold_days,
      runOn,
    ],
  });
}

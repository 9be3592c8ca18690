import type { ClientBase, Pool } from "pg";
import type { Decision } from "./oracle.ts";

type Database = ClientBase | Pool;

export interface PlanRow {
  action: string;
  mentor_key: string;
  certification_type: string | null;
  expires_on: string | null;
  threshold_days: number | null;
  collapsed_threshold_days: number[] | null;
  visible_until: string | null;
  assignment_key: string | null;
  last_contact_on: string | null;
  step: number | null;
  collapsed_steps: number[] | null;
  reason_code: string;
  reason: string;
}

const COLUMNS = `d.action, d.mentor_key, d.certification_type, d.expires_on, d.threshold_days,
  d.collapsed_threshold_days, d.visible_until, d.assignment_key, d.last_contact_on, d.step,
  d.collapsed_steps, d.reason_code, d.reason`;

const ORDER =
  "order by d.mentor_key, d.action, d.reason_code, d.expires_on, d.threshold_days, d.assignment_key";

/** What the preview shows. */
export async function planOf(
  db: Database,
  organizationId: string,
  day: string,
  includeUnchanged = false,
): Promise<PlanRow[]> {
  const { rows } = await db.query<PlanRow>(
    `select ${COLUMNS} from app_public.nightly_plan($1, $2, $3) as d ${ORDER}`,
    [organizationId, day, includeUnchanged],
  );
  return rows;
}

/** What a run stored with this outcome, in the columns of the preview. */
export async function actionsOf(
  db: Database,
  runId: string,
  outcome = "applied",
): Promise<PlanRow[]> {
  const { rows } = await db.query<PlanRow>(
    `select ${COLUMNS}
     from (
       select a.*, m.mentor_key::text, t.name::text as certification_type,
         s.assignment_key::text
       from app_public.nightly_run_actions as a
       join app_public.mentors as m on m.id = a.mentor_id
       left join app_public.certifications as c on c.id = a.certification_id
       left join app_public.certification_types as t on t.id = c.certification_type_id
       left join app_public.assignments as s on s.id = a.assignment_id
       where a.run_id = $1
         and a.outcome = $2
     ) as d ${ORDER}`,
    [runId, outcome],
  );
  return rows;
}

/** `action mentor_key reason_code`, for plans in which nothing else matters. */
export function brief(rows: PlanRow[]): string[] {
  return rows.map((row) => `${row.action} ${row.mentor_key} ${row.reason_code}`);
}

/** A plan in the oracle's words, except which of several lapsed certifications a pause names. */
export function asDecisions(rows: PlanRow[]): Decision[] {
  return sorted(
    rows.map((row) => ({
      action: row.action as Decision["action"],
      mentor: row.mentor_key,
      reason: row.action === "pause" ? "lapsed" : row.reason_code,
      type: row.action === "pause" ? null : row.certification_type,
      expiresOn: row.action === "pause" ? null : row.expires_on,
      threshold: row.threshold_days,
      collapsed: (row.collapsed_threshold_days ?? []).toSorted((a, b) => b - a),
      visibleUntil: row.visible_until,
      assignment: row.assignment_key,
      lastContactOn: row.last_contact_on,
      step: row.step,
      collapsedSteps: row.collapsed_steps ?? [],
    })),
  );
}

export function sorted(decisions: Decision[]): Decision[] {
  return decisions
    .map((decision) => ({
      ...decision,
      collapsed: decision.collapsed.toSorted((a, b) => b - a),
    }))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key(decision: Decision): string {
  return JSON.stringify(Object.values(decision));
}

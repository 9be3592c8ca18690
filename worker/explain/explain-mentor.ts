import type pg from "pg";
import type { Organization } from "../nightly/organization.ts";

/** One sentence of app_public.explain_mentor: what was done about a mentor, or why it was not. */
export interface Explanation {
  topic:
    | "night"
    | "plan"
    | "status"
    | "certification"
    | "assignment"
    | "listing"
    | "message"
    | "delivery";
  /** What the sentence is about. */
  subject: string;
  verdict: "done" | "not_done" | "planned" | "waiting" | "failed" | "unknown" | "fact";
  /** The reason for programs. */
  code: string;
  /** The reason for people. */
  explanation: string;
  /** When it happened or is to happen, ISO 8601, if that is known. */
  at: string | null;
  certificationId: string | null;
  assignmentId: string | null;
  nightlyRunId: string | null;
  notificationId: string | null;
  deliveryId: string | null;
}

/** Everything that can be said about a mentor on a local date (today), in reading order. */
export async function explainMentor(
  client: Pick<pg.ClientBase, "query">,
  options: { organization: Organization; mentorKey: string; on?: string | undefined },
): Promise<Explanation[]> {
  const { organization, mentorKey, on } = options;
  const { rows: mentors } = await client.query<{ id: string }>(
    `select m.id
     from app_public.mentors as m
     where m.organization_id = $1
       and m.mentor_key = $2`,
    [organization.id, mentorKey],
  );
  const mentor = mentors[0];
  if (mentor === undefined) {
    throw new Error(
      `${organization.slug} has no mentor "${mentorKey}": give the key of the roster, not a name.`,
    );
  }
  const { rows } = await client.query<Explanation>(
    `select
       e.topic,
       e.subject,
       e.verdict,
       e.code,
       e.explanation,
       to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       e.certification_id as "certificationId",
       e.assignment_id as "assignmentId",
       e.nightly_run_id as "nightlyRunId",
       e.notification_id as "notificationId",
       e.delivery_id as "deliveryId"
     from app_public.explain_mentor($1::uuid, $2::date) as e
     order by e.position`,
    [mentor.id, on ?? null],
  );
  return rows;
}

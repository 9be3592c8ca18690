import type pg from "pg";
import {
  type Database,
  type Mentor,
  type MentorOverrides,
  type Organization,
  TODAY,
  aMentor,
  addDays,
  insert,
} from "./builders.ts";

/*
 * Notifications and their deliveries. What a message is about follows the story's clock; leases,
 * back-off, quiet hours and the daily cap follow the database's own, so a story sets an instant back
 * instead of waiting for it.
 */

export interface NotificationRow extends pg.QueryResultRow {
  id: string;
  kind: string;
  audience: string;
  state: string;
  outcome_detail: string | null;
}

export interface DeliveryRow extends pg.QueryResultRow {
  id: string;
  notification_id: string;
  recipient_id: string;
  recipient_role: string;
  channel: string;
  state: string;
  attempts: number;
  deferred_because: string | null;
  message_id: string | null;
  may_have_arrived: boolean;
  error_class: string | null;
  outcome_detail: string | null;
  /** Seconds from now until the next attempt; null for none. */
  wait: number | null;
}

export interface Claim {
  delivery_id: string;
  lease_token: string;
  message_id: string;
  recipient_name: string;
  recipient_address: string;
  organization_slug: string;
  organization_name: string;
  data: Record<string, unknown>;
}

export type Failure =
  "connection" | "login" | "temporary" | "mailbox_full" | "rejected" | "ambiguous" | "interrupted";

/** Finds the recipients of what is open; how many notifications were looked at. */
export async function resolve(db: Database, batchSize: number | null = 500): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select app_private.resolve_notifications($1) as count",
    [batchSize],
  );
  return rows[0]!.count;
}

export async function claim(
  db: Database,
  { domain = "example.org", lease = "2 minutes" } = {},
): Promise<Claim | undefined> {
  const { rows } = await db.query<Claim>("select * from app_private.claim_delivery($1, $2)", [
    domain,
    lease,
  ]);
  return rows[0];
}

/** Claims what is due until there is none; in the order of the claims. */
export async function claimAll(db: Database): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (let one = await claim(db); one; one = await claim(db)) claims.push(one);
  return claims;
}

export async function record(
  db: Database,
  { delivery_id, lease_token }: Claim,
  outcome: "sent" | Failure,
  code: string | null = null,
  response: string | null = null,
): Promise<boolean> {
  const { rows } = await db.query<{ recorded: boolean }>(
    "select app_private.record_delivery($1, $2, $3, $4, $5) as recorded",
    [delivery_id, lease_token, outcome, code, response],
  );
  return rows[0]!.recorded;
}

export async function release(db: Database, { delivery_id, lease_token }: Claim): Promise<void> {
  await db.query("select app_private.release_delivery($1, $2)", [delivery_id, lease_token]);
}

/** Gives up what has waited too long. */
export async function giveUp(db: Database): Promise<void> {
  await db.query("select app_private.give_up_deliveries()");
}

/** How many leases had ended. */
export async function recover(db: Database): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select app_private.recover_deliveries() as count",
  );
  return rows[0]!.count;
}

export async function watch(db: Database): Promise<void> {
  await db.query("select app_private.watch_notifications()");
}

/** A mentor who is to be told, and nobody else, that a coordinator has paused them. */
export async function aPausedMentor(
  db: Database,
  organization: Organization,
  overrides: MentorOverrides = {},
): Promise<Mentor> {
  return await aMentor(db, organization, { ...overrides, status: "paused" });
}

/** The mail to a new mentor who was paused, queued. */
export async function aQueuedMail(
  db: Database,
  organization: Organization,
  overrides: MentorOverrides = {},
): Promise<DeliveryRow> {
  const mentor = await aPausedMentor(db, organization, overrides);
  await resolve(db);
  return (await mailsAbout(db, mentor))[0]!;
}

/** A mentor whose coordinators are to be told that the mentor has paused. */
export async function aSelfPausedMentor(
  db: Database,
  organization: Organization,
  overrides: MentorOverrides = {},
): Promise<Mentor> {
  return await aMentor(db, organization, { ...overrides, status: "paused", pauseCause: "self" });
}

/** A reminder that the night has decided to send about the mentor's certification. */
export async function aReminder(
  db: Database,
  mentor: Mentor,
  { thresholdDays = 14, expiresOn = addDays(TODAY, 14), decidedOn = TODAY } = {},
): Promise<NotificationRow> {
  await insert(db, "app_public.certification_reminders", {
    mentor_id: mentor.id,
    certification_id: mentor.certificationId,
    expires_on: expiresOn,
    threshold_days: thresholdDays,
    disposition: "notified",
    decided_on: decidedOn,
  });
  const { rows } = await db.query<NotificationRow>(
    "select * from app_public.notifications where dedupe_key = $1",
    [`certification_reminder:${mentor.certificationId}:${expiresOn}:${thresholdDays}`],
  );
  return rows[0]!;
}

export interface SilentAssignment {
  id: string;
  mentorId: string;
  lastContactOn: string;
}

/** An assignment of the mentor with its last contact so many days before TODAY. */
export async function aSilentAssignment(
  db: Database,
  mentor: Mentor,
  { days = 60 } = {},
): Promise<SilentAssignment> {
  const lastContactOn = addDays(TODAY, -days);
  const { id } = await insert<{ id: string }>(db, "app_public.assignments", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    assignment_key: "A-1",
    client_reference: "C-1",
    opened_on: lastContactOn,
    last_contact_on: lastContactOn,
  });
  return { id, mentorId: mentor.id, lastContactOn };
}

/** Step 1 tells the mentor, later ones the coordinators, as decided by a night on TODAY. */
export async function aFollowUp(
  db: Database,
  mentor: Mentor,
  assignment: SilentAssignment,
  step: number,
): Promise<NotificationRow> {
  const { lastContactOn } = assignment;
  const dedupeKey = `assignment_quiet:${assignment.id}:${lastContactOn}:${step}`;
  await db.query(
    `insert into app_public.follow_up_reminders
       (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, decided_on)
     values ($1, $2, $3::date, $4, $5::date - $3::date, 'notified', $5)`,
    [assignment.id, mentor.id, lastContactOn, step, TODAY],
  );
  // The ledger's own trigger may have written it.
  await db.query(
    `insert into app_public.notifications (organization_id, mentor_id, assignment_id, kind,
       audience, reason, dedupe_key, last_contact_on, step)
     values ($1, $2, $3, 'assignment_quiet', $4, 'Silent.', $5, $6, $7)
     on conflict on constraint notifications_once do nothing`,
    [
      mentor.organizationId,
      mentor.id,
      assignment.id,
      step === 1 ? "mentor" : "coordinators",
      dedupeKey,
      lastContactOn,
      step,
    ],
  );
  const { rows } = await db.query<NotificationRow>(
    "select * from app_public.notifications where dedupe_key = $1",
    [dedupeKey],
  );
  return rows[0]!;
}

/** What is told about a mentor, in the order of its writing, one kind to one audience each. */
export async function notificationsAbout(
  db: Database,
  mentor: { id: string },
): Promise<NotificationRow[]> {
  const { rows } = await db.query<NotificationRow>(
    `select n.* from app_public.notifications as n
     where n.mentor_id = $1 order by n.created_at, n.kind, n.audience`,
    [mentor.id],
  );
  return rows;
}

/** `kind to audience: state`, sorted. */
export async function statesAbout(db: Database, mentor: { id: string }): Promise<string[]> {
  const rows = await notificationsAbout(db, mentor);
  return rows.map(({ kind, audience, state }) => `${kind} to ${audience}: ${state}`).toSorted();
}

const DELIVERIES = `
  select d.*, extract(epoch from d.next_attempt_at - now())::float8 as wait
  from app_public.notification_deliveries as d`;

export async function deliveryNow(db: Database, id: string): Promise<DeliveryRow> {
  const { rows } = await db.query<DeliveryRow>(`${DELIVERIES} where d.id = $1`, [id]);
  return rows[0]!;
}

/** Deliveries of everything about a mentor. */
export async function deliveriesAbout(
  db: Database,
  mentor: { id: string },
): Promise<DeliveryRow[]> {
  const { rows } = await db.query<DeliveryRow>(
    `${DELIVERIES}
     join app_public.notifications as n on n.id = d.notification_id
     where n.mentor_id = $1
     order by d.channel, d.created_at, d.id`,
    [mentor.id],
  );
  return rows;
}

export async function mailsAbout(db: Database, mentor: { id: string }): Promise<DeliveryRow[]> {
  return (await deliveriesAbout(db, mentor)).filter(({ channel }) => channel === "email");
}

/** Writes columns of one delivery, or of all, as a `set` of SQL. */
export async function setDelivery(
  db: Database,
  delivery: { id: string } | "all",
  set: string,
): Promise<void> {
  const id = delivery === "all" ? null : delivery.id;
  await db.query(
    `update app_public.notification_deliveries set ${set} where id = coalesce($1, id)`,
    [id],
  );
}

/** Lets what waits be due: back-off, deferral and the gate. */
export async function passTime(db: Database): Promise<void> {
  await db.query(
    "update app_private.delivery_gates set closed_until = now() where closed_until > now()",
  );
  await db.query(
    `update app_public.notification_deliveries set next_attempt_at = now()
     where next_attempt_at > now()`,
  );
}

/** Lets leases end. */
export async function endLeases(db: Database): Promise<void> {
  await db.query(
    "update app_public.notification_deliveries set lease_until = now() where state = 'sending'",
  );
}

export interface Attempt {
  attempt: number;
  outcome: string;
  code: string | null;
  response: string | null;
}

export async function attemptsOf(db: Database, deliveryId: string): Promise<Attempt[]> {
  const { rows } = await db.query<Attempt>(
    `select a.attempt, a.outcome, a.code, a.response
     from app_public.notification_attempts as a
     where a.delivery_id = $1
     order by a.attempt`,
    [deliveryId],
  );
  return rows;
}

export interface DeliveryGate extends pg.QueryResultRow {
  failures: number;
  error_class: string | null;
  error_code: string | null;
  minute_count: number;
  is_closed: boolean;
  /** Whole seconds between the latest failure and the next attempt. */
  pause: number | null;
}

export async function gateNow(db: Database): Promise<DeliveryGate> {
  const { rows } = await db.query<DeliveryGate>(
    `select g.*, g.closed_since is not null as is_closed,
       round(extract(epoch from g.closed_until - g.failed_at))::integer as pause
     from app_private.delivery_gates as g where g.channel = 'email'`,
  );
  return rows[0]!;
}

/** Writes columns of the gate of e-mails, as a `set` of SQL. */
export async function setGate(db: Database, set: string): Promise<void> {
  await db.query(`update app_private.delivery_gates set ${set} where channel = 'email'`);
}

/** `kind subject` of what is open, sorted. */
export async function openAlerts(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ alert: string }>(
    `select btrim(a.kind || ' ' || a.subject) as alert
     from app_public.alerts as a where a.closed_at is null`,
  );
  return rows.map(({ alert }) => alert).toSorted();
}

/** Puts words into the inbox for all that wait for them; how many. */
export async function writeInbox(db: Database): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `with unwritten as materialized (select * from app_private.unwritten_inbox())
     select app_private.write_inbox(array_agg(u.delivery_id), array_agg(text 'Subject'),
       array_agg(text 'Body')) as count
     from unwritten as u`,
  );
  return rows[0]!.count;
}

/** The keys of the jobs that look for work. */
export async function wakeUps(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    `select key from graphile_worker.jobs
     where task_identifier = 'notifications__dispatch' order by id`,
  );
  return rows.map(({ key }) => key);
}

import pg from "pg";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aChapter,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPause,
  aPerson,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  atClock,
  insert,
  setClock,
  transaction,
} from "./builders.ts";
import { test as base } from "./database.ts";

/*
 * Two organisations with everybody in them, and a row of everything about each of three mentors, so
 * that each persona can be asked what it sees and may do.
 */
export const PERSONAS = [
  "anonymous",
  "unknown",
  "service",
  "member",
  "mentor",
  "coordinator",
  "formerCoordinator",
  "chapterAdministrator",
  "organizationAdministrator",
  "foreignAdministrator",
] as const;
export type Persona = (typeof PERSONAS)[number];

/** What the API says about a request, in settings of its transaction. */
export interface Request {
  subject?: string;
  /** The slug of the organisation, if the request names one. */
  organization?: string;
  service?: boolean;
}

/** Whose rows: of the mentor that the personas are about, of another chapter, of another organisation. */
export const OWNERS = ["own", "other", "foreign"] as const;
export type Owner = (typeof OWNERS)[number];

export interface Belongings {
  mentor: Mentor;
  organizationId: string;
  coordinatorId: string;
  typeId: string;
  runId: string;
  alertId: string;
  /** A message in the mentor's inbox. */
  inboxId: string;
  assignmentId: string;
  activityId: string;
}

export interface World {
  organization: Organization;
  requests: Record<Persona, Request>;
  owners: Record<Owner, Belongings>;
  /** About the system, and not about an organisation. */
  systemAlertId: string;
  people: Record<string, string>;
  /** From an id to who or what it is. */
  names: Map<string, string>;
}

/** Settings and role as the API sets them for one request; until the transaction or savepoint ends. */
export async function become(db: Database, request: Request): Promise<void> {
  const { subject = "", organization = "", service = false } = request;
  await db.query(
    `select set_config('mentor_lifecycle.' || s.name, s.value, true)
     from json_each_text($1) as s (name, value)`,
    [
      JSON.stringify({
        subject,
        organization,
        service: service ? "true" : "",
        person_id: "",
        actor: service ? `service:${subject}` : "",
      }),
    ],
  );
  await db.query("set local role mentor_lifecycle_visitor");
}

/** What the work gives, or the SQLSTATE with which it is refused; what it wrote is undone. */
export async function attempt<Result>(
  db: Database,
  request: Request | null,
  work: () => Promise<Result>,
): Promise<Result | string> {
  await db.query("savepoint persona");
  try {
    if (request !== null) await become(db, request);
    const result = await work();
    await db.query("set constraints all immediate");
    return result;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.code ?? "";
  } finally {
    await db.query("rollback to savepoint persona; release savepoint persona");
  }
}

export async function aWorld(db: Database): Promise<World> {
  const organization = await anOrganization(db);
  const abroad = await anOrganization(db);
  const otherChapter = await aChapter(db, organization);
  const own = await furnish(db, organization);
  const other = await furnish(db, organization, { chapterId: otherChapter });
  const foreign = await furnish(db, abroad);
  const people = {
    member: await aPerson(db, organization),
    mentor: own.mentor.personId,
    coordinator: own.coordinatorId,
    formerCoordinator: await aCoordinator(db, own.mentor, { until: TODAY }),
    chapterAdministrator: await aChapterAdministrator(db, organization, own.mentor.chapterId),
    organizationAdministrator: await anOrganizationAdministrator(db, organization),
    foreignAdministrator: await anOrganizationAdministrator(db, abroad),
    otherMentor: other.mentor.personId,
    otherCoordinator: other.coordinatorId,
    foreignMentor: foreign.mentor.personId,
    foreignCoordinator: foreign.coordinatorId,
  };
  const { id: systemAlertId } = await insert<{ id: string }>(db, "app_public.alerts", alert(null));
  await insert(db, "app_public.portal_reconciliations", { actor: "worker" });
  await db.query("update app_public.people set phone = '+47 12345678'");

  const { rows } = await db.query<{ id: string; auth_subject: string }>(
    "select p.id, p.auth_subject from app_public.people as p",
  );
  const subjectOf = (id: string) => ({ subject: rows.find((row) => row.id === id)!.auth_subject });
  return {
    organization,
    requests: {
      anonymous: {},
      unknown: { subject: "somebody-else" },
      service: { subject: "scheduler", service: true },
      member: subjectOf(people.member),
      mentor: subjectOf(people.mentor),
      coordinator: subjectOf(people.coordinator),
      formerCoordinator: subjectOf(people.formerCoordinator),
      chapterAdministrator: subjectOf(people.chapterAdministrator),
      organizationAdministrator: subjectOf(people.organizationAdministrator),
      foreignAdministrator: subjectOf(people.foreignAdministrator),
    },
    owners: { own, other, foreign },
    systemAlertId,
    people,
    names: new Map([
      ...Object.entries(people).map(([name, id]) => [id, name] as const),
      ...Object.entries({ own, other, foreign }).map(
        ([name, { mentor }]) => [mentor.id, name] as const,
      ),
      [organization.id, "home"],
      [abroad.id, "abroad"],
    ]),
  };
}

function alert(organizationId: string | null): Record<string, unknown> {
  return {
    organization_id: organizationId,
    kind: "something_is_wrong",
    subject: crypto.randomUUID(),
    severity: "warning",
    message: "Something is wrong.",
    cure: "Put it right.",
    opened_at: TODAY,
  };
}

/** A certified mentor with a coordinator, and at least one row in every table that is about mentors. */
async function furnish(
  db: Database,
  organization: Organization,
  { chapterId = organization.chapterId }: { chapterId?: string } = {},
): Promise<Belongings> {
  const mentor = await aMentor(db, organization, { chapterId });
  const coordinatorId = await aCoordinator(db, mentor);
  const ofMentor = { organization_id: organization.id, mentor_id: mentor.id };

  const pauseId = await atClock(db, addDays(TODAY, -30), () => aPause(db, mentor));
  await db.query(
    `update app_public.mentor_pauses
     set ended_at = app_private.clock(), ended_by = 'nobody', end_cause = 'resumed'
     where id = $1`,
    [pauseId],
  );
  const contact = await contacts(db, mentor, ofMentor);
  await insert(db, "app_public.portal_attempts", {
    ...ofMentor,
    outcome: "written",
    desired_version: 1,
    visible: true,
    revision: 'W/"1"',
    actor: "worker",
  });
  const { runId } = await aNight(db, mentor, organization);
  const inboxId = await messages(db, mentor, coordinatorId, ofMentor);
  const { id: alertId } = await insert<{ id: string }>(
    db,
    "app_public.alerts",
    alert(organization.id),
  );
  for (const mentor_id of [mentor.id, null]) {
    await insert(db, "app_public.discrepancies", {
      organization_id: organization.id,
      mentor_id,
      invariant: "something",
      subject: crypto.randomUUID(),
      detail: "Something that may never be true.",
      opened_at: TODAY,
    });
  }
  return {
    mentor,
    organizationId: organization.id,
    coordinatorId,
    typeId: organization.typeId,
    runId,
    alertId,
    inboxId,
    ...contact,
  };
}

async function contacts(
  db: Database,
  mentor: Mentor,
  ofMentor: Record<string, unknown>,
): Promise<{ assignmentId: string; activityId: string }> {
  const { id: assignment_id } = await insert<{ id: string }>(db, "app_public.assignments", {
    ...ofMentor,
    assignment_key: crypto.randomUUID(),
    client_reference: "client",
    opened_on: addDays(TODAY, -100),
    last_contact_on: addDays(TODAY, -90),
  });
  const { id: activity_id } = await insert<{ id: string }>(db, "app_public.activities", {
    ...ofMentor,
    kind: "direct",
    occurred_on: addDays(TODAY, -80),
    registered_by: "person:mentor",
  });
  const ofAssignment = { assignment_id, mentor_id: mentor.id };
  await insert(db, "app_public.activity_assignments", { activity_id, ...ofAssignment });
  await insert(db, "app_public.last_contact_corrections", {
    ...ofAssignment,
    previous_contact_on: addDays(TODAY, -80),
    last_contact_on: addDays(TODAY, -70),
    entered_contact_on: addDays(TODAY, -90),
    reason: "It was later",
    corrected_by: "person:administrator",
  });
  await insert(db, "app_public.follow_up_reminders", {
    ...ofAssignment,
    last_contact_on: addDays(TODAY, -70),
    step: 1,
    silent_days: 60,
    disposition: "seeded",
    decided_on: addDays(TODAY, -10),
  });
  return { assignmentId: assignment_id, activityId: activity_id };
}

/** A run that waits for approval, on the first night that its organisation has not had. */
async function aNight(
  db: Database,
  mentor: Mentor,
  organization: Organization,
): Promise<{ runId: string }> {
  const { rows } = await db.query<{ id: string }>(
    "select r.id from app_public.nightly_runs as r where r.organization_id = $1",
    [organization.id],
  );
  const runId =
    rows[0]?.id ??
    (
      await insert<{ id: string }>(db, "app_public.nightly_runs", {
        organization_id: organization.id,
        run_on: TODAY,
        state: "needs_approval",
        attempt: 1,
        started_at: TODAY,
      })
    ).id;
  await insert(db, "app_public.nightly_run_starts", {
    organization_id: organization.id,
    run_on: TODAY,
    outcome: "refused",
    actor: "nobody",
  });
  await insert(db, "app_public.nightly_run_actions", {
    run_id: runId,
    attempt: 1,
    mentor_id: mentor.id,
    action: "hide",
    reason_code: "not_to_be_listed",
    reason: "The mentor will be paused.",
  });
  await insert(db, "app_public.certification_reminders", {
    mentor_id: mentor.id,
    certification_id: mentor.certificationId,
    expires_on: addDays(TODAY, 365),
    threshold_days: 365,
    disposition: "seeded",
    decided_on: TODAY,
  });
  return { runId };
}

/** A notification for the mentor and one for the coordinators, each in somebody's inbox; the mentor's. */
async function messages(
  db: Database,
  mentor: Mentor,
  coordinatorId: string,
  ofMentor: Record<string, unknown>,
): Promise<string> {
  const told = async (audience: string, recipient_id: string, recipient_role: string) => {
    const { id: notification_id } = await insert<{ id: string }>(db, "app_public.notifications", {
      ...ofMentor,
      kind: "mentor_paused",
      audience,
      reason: "The mentor was paused.",
      dedupe_key: crypto.randomUUID(),
    });
    const { id } = await insert<{ id: string }>(db, "app_public.notification_deliveries", {
      notification_id,
      organization_id: mentor.organizationId,
      recipient_id,
      recipient_role,
      recipient_reason: "It is about this person.",
      channel: "in_app",
      state: "sent",
      sent_at: TODAY,
      subject: `To the ${recipient_role}`,
      body: "Words",
      error_response: "550 said the server",
    });
    return id;
  };
  await insert(db, "app_public.notifications", {
    ...ofMentor,
    kind: "mentor_paused",
    audience: "mentor",
    state: "undeliverable",
    reason: "The mentor was paused.",
    dedupe_key: crypto.randomUUID(),
    settled_at: TODAY,
    outcome_detail: "There was nobody to tell.",
  });
  await told("coordinators", coordinatorId, "coordinator");
  return await told("mentor", mentor.personId, "mentor");
}

/** `world`: committed once for the file. `tx` stands at noon of TODAY, as everywhere. */
export const test = base
  .extend("world", { scope: "file" }, async ({ pool }) => {
    const client = await pool.connect();
    try {
      return await transaction(client, () => aWorld(client));
    } finally {
      client.release(true);
    }
  })
  .extend("visit", async ({ tx, world }) => {
    await setClock(tx, TODAY);
    return async <Result>(persona: Persona, work: (tx: Database) => Promise<Result>) =>
      await attempt(tx, world.requests[persona], () => work(tx));
  });

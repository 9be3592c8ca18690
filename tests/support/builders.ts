import { randomUUID } from "node:crypto";
import type pg from "pg";
import { type Database, TODAY, addDays, atClock, setClock } from "./clock.ts";

export { type Database, TODAY, actAs, addDays, atClock, setClock, transaction } from "./clock.ts";

/*
 * Facts for tests: each builder writes the rows that a story needs, by the same way as everybody else
 * (triggers derive status, journal and listing), and takes overrides for what matters to the test.
 *
 * They are called inside a transaction: the fixture `tx`, or `transaction` on a connection of `fresh`.
 */
export interface Organization {
  id: string;
  slug: string;
  timeZone: string;
  /** The chapter of everybody who is not given another. */
  chapterId: string;
  /** A required certification type. */
  typeId: string;
}

export interface Mentor {
  id: string;
  organizationId: string;
  chapterId: string;
  personId: string;
  mentorKey: string;
  /** The certification of the organisation's required type; null for one who was never certified. */
  certificationId: string | null;
}

export type Status = "pending" | "active" | "paused" | "retired";
export type PauseCause = "self" | "coordinator" | "certification";

/** One row, as the table made it. */
export async function insert<Row extends pg.QueryResultRow>(
  db: Database,
  table: string,
  values: Record<string, unknown>,
): Promise<Row> {
  const columns = Object.keys(values);
  const { rows } = await db.query<Row>(
    `insert into ${table} (${columns.join(", ")})
     values (${columns.map((_, index) => `$${index + 1}`).join(", ")})
     returning *`,
    Object.values(values),
  );
  return rows[0]!;
}

function unique(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}

export interface OrganizationOverrides {
  slug?: string;
  timeZone?: string;
  locale?: string;
  /** Columns of organization_settings. */
  settings?: Record<string, unknown>;
  /** Of the required type; null takes the organisation's. */
  graceDays?: number | null;
  thresholdDays?: number[] | null;
}

/**
 * An organisation with a chapter and one required certification type, whose clock stands at TODAY
 * if the transaction has none yet. The brake is off (brake_minimum is out of reach) unless asked for.
 */
export async function anOrganization(
  db: Database,
  {
    slug = unique("org"),
    timeZone = "Europe/Oslo",
    locale = "nb",
    settings = {},
    graceDays = null,
    thresholdDays = null,
  }: OrganizationOverrides = {},
): Promise<Organization> {
  const { rows } = await db.query(
    "select nullif(current_setting('mentor_lifecycle.as_of', true), '') as clock",
  );
  if (rows[0].clock === null) await setClock(db, TODAY);
  const { id } = await insert(db, "app_public.organizations", {
    slug,
    name: "Peer mentors",
    time_zone: timeZone,
    locale,
  });
  await setOrganizationSettings(db, { id }, { brake_minimum: 1_000_000, ...settings });
  const chapterId = await aChapter(db, { id });
  const typeId = await aCertificationType(db, { id }, { graceDays, thresholdDays });
  return { id, slug, timeZone, chapterId, typeId };
}

/** Writes columns of organization_settings as they are given. */
export async function setOrganizationSettings(
  db: Database,
  organization: { id: string },
  settings: Record<string, unknown>,
): Promise<void> {
  const columns = Object.keys(settings);
  await db.query(
    `update app_public.organization_settings
     set ${columns.map((column, index) => `${column} = $${index + 2}`).join(", ")}
     where organization_id = $1`,
    [organization.id, ...Object.values(settings)],
  );
}

/** The id of a new chapter. */
export async function aChapter(
  db: Database,
  organization: { id: string },
  { name = unique("Chapter") }: { name?: string } = {},
): Promise<string> {
  const row = await insert<{ id: string }>(db, "app_public.chapters", {
    organization_id: organization.id,
    name,
  });
  return row.id;
}

/** The id of a new person. */
export async function aPerson(
  db: Database,
  organization: { id: string },
  overrides: Record<string, unknown> = {},
): Promise<string> {
  const row = await insert<{ id: string }>(db, "app_public.people", {
    organization_id: organization.id,
    full_name: "Kari Nordmann",
    email: `${unique("kari")}@example.org`,
    auth_subject: unique("subject"),
    ...overrides,
  });
  return row.id;
}

/** The id of a new certification type. */
export async function aCertificationType(
  db: Database,
  organization: { id: string },
  {
    name = unique("Course"),
    isRequired = true,
    graceDays = null,
    thresholdDays = null,
  }: {
    name?: string;
    isRequired?: boolean;
    graceDays?: number | null;
    thresholdDays?: number[] | null;
  } = {},
): Promise<string> {
  const row = await insert<{ id: string }>(db, "app_public.certification_types", {
    organization_id: organization.id,
    name,
    is_required: isRequired,
    grace_days: graceDays,
    reminder_threshold_days: thresholdDays,
  });
  return row.id;
}

/** The id of a new certification period, entered today: a year on either side of TODAY. */
export async function aCertification(
  db: Database,
  mentor: { id: string; organizationId: string },
  typeId: string,
  {
    validFrom = addDays(TODAY, -365),
    expiresOn = addDays(TODAY, 365),
  }: { validFrom?: string; expiresOn?: string } = {},
): Promise<string> {
  const row = await insert<{ id: string }>(db, "app_public.certifications", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    certification_type_id: typeId,
    valid_from: validFrom,
    expires_on: expiresOn,
  });
  return row.id;
}

/** The id of a new open pause that begins now. */
export async function aPause(
  db: Database,
  mentor: { id: string },
  {
    cause = "coordinator",
    reason = "Needs a rest",
    expectedReturnOn = null,
    certificationId = null,
  }: {
    cause?: PauseCause;
    reason?: string;
    expectedReturnOn?: string | null;
    certificationId?: string | null;
  } = {},
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into app_public.mentor_pauses
       (mentor_id, cause, reason, certification_id, started_at, started_by, expected_return_on)
     values ($1, $2, $3, $4, app_private.clock(), app_private.actor(), $5)
     returning id`,
    [mentor.id, cause, reason, certificationId, expectedReturnOn],
  );
  return rows[0]!.id;
}

export interface MentorOverrides {
  status?: Status;
  /** Why a paused mentor is paused. */
  pauseCause?: PauseCause;
  expectedReturnOn?: string | null;
  chapterId?: string;
  personId?: string;
  mentorKey?: string;
  portalConsent?: boolean;
  /** Of the certification; the mentor was enrolled and certified on its first day. */
  validFrom?: string;
  /** A year from TODAY; the day before TODAY for one whose pause is for certification. */
  expiresOn?: string;
}

/** A mentor in any status, with consent to be listed, who came there by facts. */
export async function aMentor(
  db: Database,
  organization: Organization,
  overrides: MentorOverrides = {},
): Promise<Mentor> {
  const {
    status = "active",
    pauseCause = "coordinator",
    expectedReturnOn = null,
    chapterId = organization.chapterId,
    mentorKey = unique("M"),
    portalConsent = true,
    validFrom = addDays(TODAY, -365),
  } = overrides;
  const isLapsed = status === "paused" && pauseCause === "certification";
  const expiresOn = overrides.expiresOn ?? addDays(TODAY, isLapsed ? -1 : 365);
  const personId = overrides.personId ?? (await aPerson(db, organization));

  const mentor = await atClock(db, validFrom, async () => {
    const { id } = await insert<{ id: string }>(db, "app_public.mentors", {
      organization_id: organization.id,
      chapter_id: chapterId,
      person_id: personId,
      mentor_key: mentorKey,
      portal_consent: portalConsent,
    });
    const enrolled = { id, organizationId: organization.id };
    const certificationId =
      status === "pending"
        ? null
        : await aCertification(db, enrolled, organization.typeId, { validFrom, expiresOn });
    return { ...enrolled, chapterId, personId, mentorKey, certificationId };
  });
  if (status === "paused") {
    const certificationId = isLapsed ? mentor.certificationId : null;
    await aPause(db, mentor, { cause: pauseCause, expectedReturnOn, certificationId });
  }
  if (status === "retired") {
    await db.query("update app_public.mentors set status = 'retired' where id = $1", [mentor.id]);
  }
  return mentor;
}

/** The person id of a coordinator of the mentor; `until` is the first day after. */
export async function aCoordinator(
  db: Database,
  mentor: { id: string; organizationId: string },
  {
    from = addDays(TODAY, -365),
    until = null,
    personId,
  }: { from?: string; until?: string | null; personId?: string } = {},
): Promise<string> {
  const organization = { id: mentor.organizationId };
  const coordinatorId = personId ?? (await aPerson(db, organization));
  await db.query(
    `insert into app_public.coordinators (organization_id, person_id) values ($1, $2)
     on conflict do nothing`,
    [organization.id, coordinatorId],
  );
  await db.query(
    `insert into app_public.coordinator_assignments
       (organization_id, mentor_id, coordinator_id, period)
     values ($1, $2, $3, daterange($4, $5))`,
    [organization.id, mentor.id, coordinatorId, from, until],
  );
  return coordinatorId;
}

/** The person id of an administrator of the chapter. */
export async function aChapterAdministrator(
  db: Database,
  organization: { id: string },
  chapterId: string,
): Promise<string> {
  const personId = await aPerson(db, organization);
  await insert(db, "app_public.chapter_administrators", {
    organization_id: organization.id,
    chapter_id: chapterId,
    person_id: personId,
  });
  return personId;
}

/** The person id of an administrator of the organisation. */
export async function anOrganizationAdministrator(
  db: Database,
  organization: { id: string },
  { personId: given }: { personId?: string } = {},
): Promise<string> {
  const personId = given ?? (await aPerson(db, organization));
  await insert(db, "app_public.organization_administrators", {
    organization_id: organization.id,
    person_id: personId,
  });
  return personId;
}

export interface Assignment {
  id: string;
  mentorId: string;
  organizationId: string;
}

/** An assignment that was opened 30 days before TODAY, and last had the contact it was entered with. */
export async function anAssignment(
  db: Database,
  mentor: { id: string; organizationId: string },
  {
    key = unique("A"),
    openedOn = addDays(TODAY, -30),
    enteredContactOn = openedOn,
    closedOn = null,
  }: {
    key?: string;
    openedOn?: string;
    enteredContactOn?: string;
    closedOn?: string | null;
  } = {},
): Promise<Assignment> {
  const { id } = await insert<{ id: string }>(db, "app_public.assignments", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    assignment_key: key,
    client_reference: "C-1",
    opened_on: openedOn,
    entered_contact_on: enteredContactOn,
    last_contact_on: enteredContactOn,
    closed_on: closedOn,
  });
  return { id, mentorId: mentor.id, organizationId: mentor.organizationId };
}

/** The id of a new activity on assignments of one mentor, written as rows. */
export async function anActivity(
  db: Database,
  assignments: Assignment[],
  { occurredOn = TODAY, kind = "direct" }: { occurredOn?: string; kind?: string } = {},
): Promise<string> {
  const { mentorId, organizationId } = assignments[0]!;
  const { id } = await insert<{ id: string }>(db, "app_public.activities", {
    organization_id: organizationId,
    mentor_id: mentorId,
    kind,
    occurred_on: occurredOn,
    registered_by: "psql",
  });
  for (const assignment of assignments) {
    await insert(db, "app_public.activity_assignments", {
      activity_id: id,
      assignment_id: assignment.id,
      mentor_id: mentorId,
    });
  }
  return id;
}

/** The id of a new notification about a mentor, of a pause unless it is given more. */
export async function aNotification(
  db: Database,
  mentor: { id: string; organizationId: string },
  overrides: Record<string, unknown> = {},
): Promise<string> {
  const { id } = await insert<{ id: string }>(db, "app_public.notifications", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    kind: "mentor_paused",
    audience: "mentor",
    reason: "It happened.",
    dedupe_key: unique("told"),
    ...overrides,
  });
  return id;
}

/** The id of a new delivery of a notification to a person: by e-mail, queued, due at once. */
export async function aDelivery(
  db: Database,
  notificationId: string,
  recipient: { personId: string; organizationId: string },
  overrides: Record<string, unknown> = {},
): Promise<string> {
  const { id } = await insert<{ id: string }>(db, "app_public.notification_deliveries", {
    notification_id: notificationId,
    organization_id: recipient.organizationId,
    recipient_id: recipient.personId,
    recipient_role: "mentor",
    recipient_reason: "The mentor it is about.",
    channel: "email",
    next_attempt_at: TODAY,
    ...overrides,
  });
  return id;
}

import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aCertification,
  aCertificationType,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPause,
  aPerson,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  type NotificationRow,
  aFollowUp,
  aReminder,
  aSilentAssignment,
  claimAll,
  mailsAbout,
  notificationsAbout,
  record,
  resolve,
  statesAbout,
  writeInbox,
} from "../../support/deliveries.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { call } from "../../support/outcomes.ts";
import { mailData } from "../../../worker/mail/templates/data.ts";

const YESTERDAY = addDays(TODAY, -1);
const TOMORROW = addDays(TODAY, 1);
const SECRET = "Diagnosed with something";

type Data = Record<string, unknown>;

/** What a letter is made of, as the templates take it: nothing is missing and nothing is unknown. */
function letter(data: Data): Data {
  const known = { ...data };
  // Templates that do not tell it yet take the rest.
  if (!("isMentorReminded" in mailData.parse(data))) delete known["isMentorReminded"];
  expect(mailData.parse(known)).toEqual(known);
  return data;
}

/** For one person, in a role. */
async function dataFor(
  db: Database,
  notification: NotificationRow,
  personId: string,
  role: string,
  isRepeat = false,
): Promise<Data> {
  const { rows } = await db.query<{ data: Data }>(
    `select app_private.message_data(n, $2, $3, $4) as data
     from app_public.notifications as n where n.id = $1`,
    [notification.id, personId, role, isRepeat],
  );
  return letter(rows[0]!.data);
}

const toMentor = (db: Database, mentor: Mentor, notification: NotificationRow) =>
  dataFor(db, notification, mentor.personId, "mentor");

async function latest(
  db: Database,
  mentor: Mentor,
  kind: string,
  audience = "mentor",
): Promise<NotificationRow> {
  const all = await notificationsAbout(db, mentor);
  return all.findLast((one) => one.kind === kind && one.audience === audience)!;
}

async function cast(
  db: Database,
  { expiresOn = addDays(TODAY, 14), graceDays = 0, status = "active" as const } = {},
) {
  const organization = await anOrganization(db, { graceDays });
  const personId = await aPerson(db, organization, { full_name: "Ola Dunk", locale: "nn" });
  const mentor = await aMentor(db, organization, {
    personId,
    mentorKey: "M-1",
    expiresOn,
    status,
  });
  return { organization, mentor };
}

const typeName = async (db: Database, { typeId }: Organization) => {
  const { rows } = await db.query("select name from app_public.certification_types where id = $1", [
    typeId,
  ]);
  return rows[0].name as string;
};

describe("N5 every letter says", () => {
  test("who is told about whom, as what, by whom", async ({ tx }) => {
    const { mentor } = await cast(tx);
    const notification = await aReminder(tx, mentor);

    expect(await toMentor(tx, mentor, notification)).toMatchObject({
      kind: "certification_reminder",
      locale: "nn",
      organizationName: "Peer mentors",
      recipientName: "Ola Dunk",
      recipientRole: "mentor",
      mentorName: "Ola Dunk",
      mentorKey: "M-1",
      isRepeat: false,
    });
  });

  test.for([
    { own: "nb", organizations: "en", locale: "nb" },
    { own: "nn", organizations: "nb", locale: "nn" },
    { own: "en", organizations: "nb", locale: "en" },
    { own: null, organizations: "en", locale: "en" },
    { own: null, organizations: "nn", locale: "nn" },
  ])("in the recipient's language: $own in $organizations: $locale", async (one, { tx }) => {
    const organization = await anOrganization(tx, { locale: one.organizations });
    const mentor = await aMentor(tx, organization);
    const recipient = await aPerson(tx, organization, { locale: one.own });
    await aPause(tx, mentor);
    const notification = await latest(tx, mentor, "mentor_paused");

    expect(await dataFor(tx, notification, recipient, "coordinator")).toMatchObject({
      locale: one.locale,
    });
  });

  test("whether it may be a repeat", async ({ tx }) => {
    const { mentor } = await cast(tx);
    const notification = await aReminder(tx, mentor);

    expect(await dataFor(tx, notification, mentor.personId, "mentor", true)).toMatchObject({
      isRepeat: true,
    });
  });
});

/** Everything that can be told, about one mentor with people at every level. */
async function everything(db: Database) {
  const { organization, mentor } = await cast(db);
  await aChapterAdministrator(db, organization, organization.chapterId);
  await anOrganizationAdministrator(db, organization);
  await aCoordinator(db, mentor);
  await aReminder(db, mentor);
  const assignment = await aSilentAssignment(db, mentor);
  await aFollowUp(db, mentor, assignment, 1);
  await aFollowUp(db, mentor, assignment, 2);
  await aPause(db, mentor, { cause: "self", reason: SECRET });
  await call(db, "resume_mentor", { mentor_id: mentor.id });
  await aPause(db, mentor, { reason: SECRET, expectedReturnOn: TOMORROW });
  await aPause(db, mentor, {
    cause: "certification",
    certificationId: mentor.certificationId,
    reason: SECRET,
  });
  await call(db, "resume_mentor", { mentor_id: mentor.id });
  return { organization, mentor };
}

const ROLES = [
  "mentor",
  "coordinator",
  "chapter_administrator",
  "organization_administrator",
] as const;
const LOCALES = ["nb", "nn", "en"] as const;

describe("N5 every kind can be told to everybody in every language", () => {
  test.for(LOCALES)("%s", async (locale, { tx }) => {
    const { organization, mentor } = await everything(tx);
    const recipient = await aPerson(tx, organization, { locale });
    const kinds = new Set<string>();

    for (const notification of await notificationsAbout(tx, mentor)) {
      for (const role of ROLES) {
        const data = await dataFor(tx, notification, recipient, role);
        expect(data).toMatchObject({ locale, recipientRole: role, kind: notification.kind });
        kinds.add(notification.kind);
      }
    }

    expect([...kinds].toSorted()).toEqual([
      "assignment_quiet",
      "certification_reminder",
      "mentor_paused",
      "mentor_resumed",
      "mentor_still_paused",
    ]);
  });

  test("and never with the reason of a pause", async ({ tx }) => {
    const { mentor } = await everything(tx);

    for (const notification of await notificationsAbout(tx, mentor)) {
      const data = await dataFor(tx, notification, mentor.personId, "coordinator");
      expect(JSON.stringify(data)).not.toContain(SECRET);
      expect(data).not.toHaveProperty("reason");
    }
  });

  test("what is open now is previewed so, for the recipients of now; nothing is written", async ({
    tx,
  }) => {
    const { organization, mentor } = await everything(tx);
    const before = await statesAbout(tx, mentor);

    const { rows } = await tx.query<{ data: Data }>(
      "select data from app_private.preview_messages($1) as data",
      [organization.id],
    );

    // The pauses by a person are over, and the mentor is paused: only that is left to be told.
    expect(
      rows.map(({ data }) => [letter(data)["kind"], data["recipientRole"]].join(" to ")).toSorted(),
    ).toEqual([
      "mentor_paused to coordinator",
      "mentor_paused to mentor",
      "mentor_still_paused to coordinator",
    ]);
    expect(await statesAbout(tx, mentor)).toEqual(before);
    expect(await mailsAbout(tx, mentor)).toEqual([]);
    const other = await tx.query("select app_private.preview_messages($1)", [
      (await anOrganization(tx)).id,
    ]);
    expect(other.rows).toEqual([]);
  });
});

describe("N5 a reminder says", () => {
  test("what expires when, and which threshold led to it", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    const notification = await aReminder(tx, mentor);
    const { rows } = await tx.query("select app_private.local_date($1, now()) as written_on", [
      organization.id,
    ]);

    expect(await toMentor(tx, mentor, notification)).toMatchObject({
      certificationType: await typeName(tx, organization),
      expiresOn: addDays(TODAY, 14),
      daysLeft: 14,
      coordinatorNames: [],
      why: {
        code: "threshold_reached",
        thresholdDays: 14,
        validFrom: addDays(TODAY, -365),
        expiresOn: addDays(TODAY, 14),
        runOn: rows[0].written_on,
      },
    });
  });

  test.for([
    { on: addDays(TODAY, 4), daysLeft: 10 },
    { on: addDays(TODAY, 14), daysLeft: 0 },
    { on: addDays(TODAY, 16), daysLeft: -2 },
  ])("how many days are left when it is told: $daysLeft", async ({ on, daysLeft }, { tx }) => {
    const { mentor } = await cast(tx, { graceDays: 7 });
    const notification = await aReminder(tx, mentor);
    await setClock(tx, on);

    expect(await toMentor(tx, mentor, notification)).toMatchObject({ daysLeft });
  });

  test("whether the mentor is paused without the certification", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    const optional = await aCertificationType(tx, organization, { isRequired: false });
    const certificationId = await aCertification(tx, mentor, optional, {
      expiresOn: addDays(TODAY, 14),
    });

    expect(await toMentor(tx, mentor, await aReminder(tx, mentor))).toMatchObject({
      isRequired: true,
    });
    const notification = await aReminder(tx, { ...mentor, certificationId });
    expect(await toMentor(tx, mentor, notification)).toMatchObject({ isRequired: false });
  });

  test("on which night it was decided", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await setClock(tx, addDays(TODAY, 1));
    await runNight(tx, organization.id, TODAY);

    expect(
      await toMentor(tx, mentor, await latest(tx, mentor, "certification_reminder")),
    ).toMatchObject({ daysLeft: 13, why: { thresholdDays: 14, runOn: TODAY } });
  });

  test("who the coordinators are, by name, and nobody above them", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await aChapterAdministrator(tx, organization, organization.chapterId);
    const notification = await aReminder(tx, mentor);
    expect(await toMentor(tx, mentor, notification)).toMatchObject({ coordinatorNames: [] });

    for (const full_name of ["Kari Nordmann", "Berit Berg"]) {
      await aCoordinator(tx, mentor, {
        personId: await aPerson(tx, organization, { full_name }),
      });
    }

    expect(await toMentor(tx, mentor, notification)).toMatchObject({
      coordinatorNames: ["Berit Berg", "Kari Nordmann"],
    });
  });
});

describe("N5 the beginning of a pause says why", () => {
  test("by a person: since when, until when, nothing of a certification", async ({ tx }) => {
    const { mentor } = await cast(tx);
    await aPause(tx, mentor, { expectedReturnOn: TOMORROW });

    const data = await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"));

    expect(data).toMatchObject({
      pauseCause: "coordinator",
      expectedReturnOn: TOMORROW,
      why: { code: "pause_started", on: TODAY },
    });
    expect(data).not.toHaveProperty("certificationType");
    expect(data).not.toHaveProperty("expiresOn");
  });

  test.for([
    { graceDays: 0, expiresOn: YESTERDAY },
    { graceDays: 7, expiresOn: addDays(TODAY, -8) },
  ])("a certification expired, with $graceDays days of grace", async (one, { tx }) => {
    const { organization, mentor } = await cast(tx, one);
    await runNight(tx, organization.id, TODAY);

    expect(await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"))).toMatchObject({
      pauseCause: "certification",
      certificationType: await typeName(tx, organization),
      expiresOn: one.expiresOn,
      why: {
        code: "certification_expired",
        validFrom: addDays(TODAY, -365),
        expiresOn: one.expiresOn,
        graceDays: one.graceDays,
        runOn: TODAY,
      },
    });
  });

  test("a certification was revoked: no last day, which would explain nothing", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await call(tx, "revoke_certification", {
      certification_id: mentor.certificationId,
      reason: SECRET,
    });

    const data = await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"));

    expect(data).toMatchObject({
      pauseCause: "certification",
      certificationType: await typeName(tx, organization),
      why: { code: "certification_revoked", on: TODAY },
    });
    expect(data).not.toHaveProperty("expiresOn");
    expect(JSON.stringify(data)).not.toContain(SECRET);
  });

  test("one that had expired and was revoked after that had expired", async ({ tx }) => {
    const { organization, mentor } = await cast(tx, { expiresOn: YESTERDAY });
    await runNight(tx, organization.id, TODAY);
    await setClock(tx, TOMORROW);
    await call(tx, "revoke_certification", {
      certification_id: mentor.certificationId,
      reason: "Tidying up",
    });

    expect(await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"))).toMatchObject({
      expiresOn: YESTERDAY,
      why: { code: "certification_expired", expiresOn: YESTERDAY },
    });
  });

  test("a required certification is missing: when it began", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await aCertificationType(tx, organization);
    await runNight(tx, organization.id, TODAY);

    const data = await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"));

    expect(data).toMatchObject({
      pauseCause: "certification",
      why: { code: "pause_started", on: TODAY },
    });
    expect(data).not.toHaveProperty("expiresOn");
  });

  test("one is not valid yet: no last day in the future", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await aCertification(tx, mentor, await aCertificationType(tx, organization), {
      validFrom: TOMORROW,
      expiresOn: addDays(TODAY, 400),
    });
    await runNight(tx, organization.id, TODAY);

    const data = await toMentor(tx, mentor, await latest(tx, mentor, "mentor_paused"));

    expect(data).toMatchObject({ why: { code: "pause_started", on: TODAY } });
    expect(data).not.toHaveProperty("expiresOn");
  });
});

describe("N5 the end of a pause says how", () => {
  test("by a person", async ({ tx }) => {
    const { mentor } = await cast(tx);
    await aPause(tx, mentor);
    await setClock(tx, TOMORROW);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await toMentor(tx, mentor, await latest(tx, mentor, "mentor_resumed"))).toMatchObject({
      endCause: "person",
      why: { code: "pause_ended", on: TOMORROW },
    });
  });

  test("by its planned return", async ({ tx }) => {
    const { organization, mentor } = await cast(tx);
    await aPause(tx, mentor, { expectedReturnOn: TOMORROW });
    await setClock(tx, TOMORROW);
    await runNight(tx, organization.id, TOMORROW);

    expect(await toMentor(tx, mentor, await latest(tx, mentor, "mentor_resumed"))).toMatchObject({
      endCause: "planned_return",
      why: { code: "pause_ended", on: TOMORROW },
    });
  });

  test("by a renewal", async ({ tx }) => {
    const { organization, mentor } = await cast(tx, { expiresOn: YESTERDAY });
    await runNight(tx, organization.id, TODAY);
    await aCertification(tx, mentor, organization.typeId, { validFrom: TODAY });

    expect(await toMentor(tx, mentor, await latest(tx, mentor, "mentor_resumed"))).toMatchObject({
      endCause: "recertified",
      why: { code: "pause_ended", on: TODAY },
    });
  });

  test("and that the mentor is still paused, for the certification", async ({ tx }) => {
    const { organization, mentor } = await cast(tx, { expiresOn: YESTERDAY });
    await aPause(tx, mentor);
    await runNight(tx, organization.id, TODAY);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(
      await toMentor(tx, mentor, await latest(tx, mentor, "mentor_still_paused")),
    ).toMatchObject({ endCause: "person", stillBecause: "certification" });
  });

  test("or by a person", async ({ tx }) => {
    const { organization, mentor } = await cast(tx, { expiresOn: YESTERDAY });
    await aPause(tx, mentor);
    await runNight(tx, organization.id, TODAY);
    await aCertification(tx, mentor, organization.typeId, { validFrom: TODAY });

    expect(
      await toMentor(tx, mentor, await latest(tx, mentor, "mentor_still_paused")),
    ).toMatchObject({ endCause: "recertified", stillBecause: "person" });
  });
});

describe("F1 a follow-up says", () => {
  test("which assignment is silent, since when, and which step it is", async ({ tx }) => {
    const { mentor } = await cast(tx);
    const assignment = await aSilentAssignment(tx, mentor, { days: 60 });
    const notification = await aFollowUp(tx, mentor, assignment, 1);
    await setClock(tx, TOMORROW);

    const data = await toMentor(tx, mentor, notification);

    expect(data).toMatchObject({
      kind: "assignment_quiet",
      assignmentKey: "A-1",
      lastContactOn: addDays(TODAY, -60),
      silentDays: 61,
      step: 1,
      isMentorReminded: false,
      why: { code: "assignment_silent", thresholdDays: 60, step: 1, runOn: TODAY },
    });
    expect(JSON.stringify(data)).not.toContain("C-1");
  });

  test.for([
    { what: "was sent", isMentorReminded: true },
    { what: "waits", isMentorReminded: false },
    { what: "was refused", isMentorReminded: false },
  ])("whether the mentor was reminded: it $what", async ({ what, isMentorReminded }, { tx }) => {
    const { mentor } = await cast(tx);
    const coordinator = await aCoordinator(tx, mentor);
    const assignment = await aSilentAssignment(tx, mentor);
    await aFollowUp(tx, mentor, assignment, 1);
    await resolve(tx);
    if (what !== "waits") {
      for (const one of await claimAll(tx)) {
        await record(tx, one, what === "was sent" ? "sent" : "rejected", "550");
      }
    }
    const notification = await aFollowUp(tx, mentor, assignment, 2);

    expect(await dataFor(tx, notification, coordinator, "coordinator")).toMatchObject({
      step: 2,
      isMentorReminded,
    });
  });

  test("not that the mentor was reminded of another silence", async ({ tx }) => {
    const { mentor } = await cast(tx);
    const coordinator = await aCoordinator(tx, mentor);
    const assignment = await aSilentAssignment(tx, mentor);
    await aFollowUp(tx, mentor, assignment, 1);
    await resolve(tx);
    await writeInbox(tx);
    for (const one of await claimAll(tx)) await record(tx, one, "sent");
    await tx.query(
      `update app_public.assignments
       set last_contact_on = $2, entered_contact_on = $2 where id = $1`,
      [assignment.id, addDays(TODAY, -50)],
    );
    const notification = await aFollowUp(
      tx,
      mentor,
      { ...assignment, lastContactOn: addDays(TODAY, -50) },
      2,
    );

    expect(await dataFor(tx, notification, coordinator, "coordinator")).toMatchObject({
      isMentorReminded: false,
    });
  });
});

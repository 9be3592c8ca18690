import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aCertification,
  aCertificationType,
  aCoordinator,
  aMentor,
  aPause,
  addDays,
  anOrganization,
  insert,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  type NotificationRow,
  type SilentAssignment,
  aFollowUp,
  aReminder,
  aSilentAssignment,
  claimAll,
  notificationsAbout,
  record,
  resolve,
  writeInbox,
} from "../../support/deliveries.ts";
import { call } from "../../support/outcomes.ts";

const GRACE = 7;
const EXPIRES = addDays(TODAY, 14);

/** What a story begins with: somebody is to be told something. */
interface Stage {
  organization: Organization;
  mentor: Mentor;
  notification: NotificationRow;
  assignment?: SilentAssignment;
}

interface Story {
  what: string;
  change: (db: Database, stage: Stage) => Promise<unknown>;
  /** Why it is not told any more; null: it is told. */
  objection: RegExp | null;
}

async function cast(db: Database) {
  const organization = await anOrganization(db, { graceDays: GRACE });
  const mentor = await aMentor(db, organization, { expiresOn: EXPIRES });
  await aCoordinator(db, mentor);
  return { organization, mentor };
}

async function tell(db: Database): Promise<void> {
  await resolve(db);
  await writeInbox(db);
  for (const one of await claimAll(db)) await record(db, one, "sent");
}

/** Of this kind to this audience, as written last. */
async function latest(db: Database, mentor: Mentor, kind: string, audience: string) {
  const all = await notificationsAbout(db, mentor);
  return all.findLast((one) => one.kind === kind && one.audience === audience)!;
}

const resume = (db: Database, { mentor }: { mentor: Mentor }) =>
  call(db, "resume_mentor", { mentor_id: mentor.id });
const retire = (db: Database, { mentor }: { mentor: Mentor }) =>
  call(db, "retire_mentor", { mentor_id: mentor.id, reason: "Moves" });
const certificationPause = (db: Database, { mentor }: { mentor: Mentor }) =>
  aPause(db, mentor, { cause: "certification", certificationId: mentor.certificationId });
const renewal =
  (validFrom: string) =>
  (db: Database, { mentor, organization }: Stage) =>
    aCertification(db, mentor, organization.typeId, {
      validFrom,
      expiresOn: addDays(EXPIRES, 400),
    });
const reminderRow =
  (days: number, disposition: string, collapsedInto: number | null) =>
  (db: Database, { mentor }: Stage) =>
    insert(db, "app_public.certification_reminders", {
      mentor_id: mentor.id,
      certification_id: mentor.certificationId,
      expires_on: EXPIRES,
      threshold_days: days,
      disposition,
      collapsed_into_days: collapsedInto,
      decided_on: TODAY,
    });

const REMINDER: Story[] = [
  { what: "nothing", change: async () => {}, objection: null },
  {
    what: "a renewal that begins the day after",
    change: renewal(addDays(EXPIRES, 1)),
    objection: /renewed/,
  },
  {
    what: "a renewal that begins as the grace ends",
    change: renewal(addDays(EXPIRES, GRACE + 1)),
    objection: /renewed/,
  },
  {
    what: "a renewal after a gap",
    change: renewal(addDays(EXPIRES, GRACE + 2)),
    objection: null,
  },
  {
    what: "an early renewal by a command",
    change: (db, { mentor, organization }) =>
      call(db, "grant_certification", {
        mentor_id: mentor.id,
        certification_type_id: organization.typeId,
        valid_from: TODAY,
        expires_on: addDays(EXPIRES, 400),
      }),
    // The period that is replaced ends with the day before.
    objection: /renewed|revoked|expires on/,
  },
  {
    what: "a renewal that was taken back",
    change: async (db, stage) => {
      const id = await renewal(addDays(EXPIRES, 1))(db, stage);
      await call(db, "revoke_certification", { certification_id: id, reason: "Wrong person" });
    },
    objection: null,
  },
  {
    what: "a certification of another type",
    change: async (db, { mentor, organization }) => {
      const typeId = await aCertificationType(db, organization, { isRequired: false });
      await aCertification(db, mentor, typeId, { expiresOn: addDays(EXPIRES, 400) });
    },
    objection: null,
  },
  {
    what: "a revocation",
    change: (db, { mentor }) =>
      call(db, "revoke_certification", {
        certification_id: mentor.certificationId,
        reason: "Misconduct",
      }),
    objection: /revoked/,
  },
  {
    what: "a corrected last day",
    change: (db, { mentor }) =>
      db.query("update app_public.certifications set expires_on = expires_on + 1 where id = $1", [
        mentor.certificationId,
      ]),
    objection: new RegExp(`expires on ${addDays(EXPIRES, 1)} now`),
  },
  { what: "a retirement", change: retire, objection: /retired/ },
  { what: "a pause for the certification", change: certificationPause, objection: /paused/ },
  { what: "a pause by a person", change: (db, { mentor }) => aPause(db, mentor), objection: null },
  {
    what: "a more urgent reminder",
    change: (db, { mentor }) => aReminder(db, mentor, { thresholdDays: 7, expiresOn: EXPIRES }),
    objection: /more urgent/,
  },
  {
    what: "a less urgent reminder",
    change: (db, { mentor }) => aReminder(db, mentor, { thresholdDays: 30, expiresOn: EXPIRES }),
    objection: null,
  },
  {
    what: "a more urgent one that was not sent",
    change: reminderRow(7, "collapsed", 5),
    objection: null,
  },
  {
    what: "a more urgent one that an import dealt with",
    change: reminderRow(7, "seeded", null),
    objection: null,
  },
];

const PAUSED: Story[] = [
  { what: "nothing", change: async () => {}, objection: null },
  { what: "a return", change: resume, objection: /pause has ended/ },
  { what: "a retirement", change: retire, objection: /retired/ },
  { what: "a pause for the certification as well", change: certificationPause, objection: null },
  {
    what: "a return into another pause",
    change: async (db, stage) => {
      await certificationPause(db, stage);
      await resume(db, stage);
    },
    objection: /pause has ended/,
  },
];

const RESUMED: Story[] = [
  { what: "nothing", change: async () => {}, objection: null },
  {
    what: "another pause",
    change: (db, { mentor }) => aPause(db, mentor),
    objection: /is paused now/,
  },
  { what: "a pause for the certification", change: certificationPause, objection: /is paused now/ },
  { what: "a retirement", change: retire, objection: /is retired now/ },
  {
    what: "another pause that is over as well",
    change: async (db, stage) => {
      await aPause(db, stage.mentor);
      await resume(db, stage);
    },
    objection: null,
  },
];

const STILL_PAUSED: Story[] = [
  { what: "nothing", change: async () => {}, objection: null },
  {
    what: "a renewal that ends the other pause",
    change: (db, { mentor, organization }) =>
      call(db, "grant_certification", {
        mentor_id: mentor.id,
        certification_type_id: organization.typeId,
        valid_from: TODAY,
        expires_on: addDays(EXPIRES, 400),
      }),
    objection: /is active now/,
  },
  { what: "a retirement", change: retire, objection: /is retired now/ },
];

const setAssignment =
  (set: string) =>
  (db: Database, { assignment }: Stage) =>
    db.query(`update app_public.assignments set ${set} where id = $1`, [assignment!.id]);

const QUIET: Story[] = [
  { what: "nothing", change: async () => {}, objection: null },
  {
    what: "a contact since",
    change: setAssignment(`last_contact_on = '${TODAY}', entered_contact_on = '${TODAY}'`),
    objection: new RegExp(`last contact was on ${TODAY}`),
  },
  {
    what: "a contact on another assignment",
    change: async (db, { mentor }) => {
      await db.query(
        `insert into app_public.assignments (organization_id, mentor_id, assignment_key,
           client_reference, opened_on, last_contact_on)
         values ($1, $2, 'A-2', 'C-2', $3, $3)`,
        [mentor.organizationId, mentor.id, TODAY],
      );
    },
    objection: null,
  },
  {
    what: "an assignment that was closed",
    change: setAssignment(`closed_on = '${TODAY}'`),
    objection: /was closed/,
  },
  {
    what: "an assignment that will be closed",
    change: setAssignment(`closed_on = '${addDays(TODAY, 1)}'`),
    objection: null,
  },
  {
    what: "a paused mentor",
    change: (db, { mentor }) => aPause(db, mentor),
    objection: /is paused now/,
  },
  { what: "a retired mentor", change: retire, objection: /is retired now/ },
];

const laterStep =
  (step: number) =>
  async (db: Database, { mentor, assignment }: Stage) =>
    aFollowUp(db, mentor, assignment!, step);

const followUp = (step: number) => async (db: Database) => {
  const { organization, mentor } = await cast(db);
  const assignment = await aSilentAssignment(db, mentor);
  return {
    organization,
    mentor,
    assignment,
    notification: await aFollowUp(db, mentor, assignment, step),
  };
};

const KINDS: { kind: string; begin: (db: Database) => Promise<Stage>; stories: Story[] }[] = [
  {
    kind: "certification_reminder",
    begin: async (db) => {
      const { organization, mentor } = await cast(db);
      const notification = await aReminder(db, mentor, { expiresOn: EXPIRES });
      return { organization, mentor, notification };
    },
    stories: REMINDER,
  },
  {
    kind: "mentor_paused",
    begin: async (db) => {
      const { organization, mentor } = await cast(db);
      await aPause(db, mentor);
      const notification = await latest(db, mentor, "mentor_paused", "mentor");
      return { organization, mentor, notification };
    },
    stories: PAUSED,
  },
  {
    kind: "mentor_resumed",
    begin: async (db) => {
      const { organization, mentor } = await cast(db);
      await aPause(db, mentor);
      await tell(db);
      await resume(db, { mentor });
      const notification = await latest(db, mentor, "mentor_resumed", "mentor");
      return { organization, mentor, notification };
    },
    stories: RESUMED,
  },
  {
    kind: "mentor_still_paused",
    begin: async (db) => {
      const { organization, mentor } = await cast(db);
      await aPause(db, mentor);
      await certificationPause(db, { mentor });
      await tell(db);
      await resume(db, { mentor });
      const notification = await latest(db, mentor, "mentor_still_paused", "coordinators");
      return { organization, mentor, notification };
    },
    stories: STILL_PAUSED,
  },
  { kind: "assignment_quiet to the mentor", begin: followUp(1), stories: QUIET },
  {
    kind: "assignment_quiet to the mentor, again",
    begin: followUp(1),
    stories: [{ what: "a step to the coordinators", change: laterStep(2), objection: null }],
  },
  {
    kind: "assignment_quiet to the coordinators",
    begin: followUp(2),
    stories: [
      ...QUIET,
      { what: "a later step to them", change: laterStep(3), objection: /later follow-up/ },
      { what: "the step before", change: laterStep(1), objection: null },
    ],
  },
];

/** Its state, that of its deliveries over a channel, and why. */
async function outcome(db: Database, { id }: NotificationRow, channel: string) {
  const { rows } = await db.query<{ state: string; told: string | null; detail: string | null }>(
    `select n.state, d.state as told, coalesce(n.outcome_detail, d.outcome_detail) as detail
     from app_public.notifications as n
     left join app_public.notification_deliveries as d
       on d.notification_id = n.id and d.channel = $2
     where n.id = $1`,
    [id, channel],
  );
  return rows[0]!;
}

for (const { kind, begin, stories } of KINDS) {
  describe(`N4 ${kind}`, () => {
    test.for(stories)(
      "$what, before the recipients are found",
      async ({ change, objection }, { tx }) => {
        const stage = await begin(tx);
        await change(tx, stage);

        await resolve(tx);

        const { state, told, detail } = await outcome(tx, stage.notification, "email");
        if (objection === null) {
          expect({ state, told, detail }).toEqual({
            state: "dispatched",
            told: "queued",
            detail: null,
          });
        } else {
          expect({ state, told }).toEqual({ state: "superseded", told: null });
          expect(detail).toMatch(objection);
        }
      },
    );

    test.for(stories)(
      "$what, before the mail is handed out and the inbox written",
      async ({ change, objection }, { tx }) => {
        const stage = await begin(tx);
        await resolve(tx);
        await change(tx, stage);

        await claimAll(tx);
        await writeInbox(tx);

        const mail = await outcome(tx, stage.notification, "email");
        const message = await outcome(tx, stage.notification, "in_app");
        if (objection === null) {
          expect(mail).toEqual({ state: "dispatched", told: "sending", detail: null });
          expect(message).toEqual({ state: "dispatched", told: "sent", detail: null });
        } else {
          // A silence may come back; the night then has to see that nobody was told of it.
          const state = kind.startsWith("assignment_quiet") ? "superseded" : "dispatched";
          expect(mail).toMatchObject({ state, told: "superseded" });
          expect(mail.detail).toMatch(objection);
          expect(message).toMatchObject({ state, told: "superseded" });
          expect(message.detail).toMatch(objection);
        }
      },
    );
  });
}

const states = async (db: Database, mentor: Mentor, audience: string) =>
  (await notificationsAbout(db, mentor))
    .filter((one) => one.audience === audience)
    .map(({ kind, state }) => `${kind} ${state}`)
    .toSorted();

describe("N4 a pause that was over before it was told of", () => {
  test.for([1, 500])("in batches of %s: neither is told", async (batchSize, { tx }) => {
    const { mentor } = await cast(tx);
    await aPause(tx, mentor);
    await resume(tx, { mentor });

    while ((await resolve(tx, batchSize)) > 0);

    expect(await states(tx, mentor, "mentor")).toEqual([
      "mentor_paused superseded",
      "mentor_resumed superseded",
    ]);
    // These were not to be told of the pause: a coordinator had decided it.
    expect(await states(tx, mentor, "coordinators")).toEqual(["mentor_resumed dispatched"]);
  });

  test("nor the pause that went on when it ended", async ({ tx }) => {
    const { mentor } = await cast(tx);
    await aPause(tx, mentor);
    await certificationPause(tx, { mentor });
    await resume(tx, { mentor });

    await resolve(tx);

    expect(await states(tx, mentor, "mentor")).toEqual([
      "mentor_paused dispatched",
      "mentor_paused superseded",
      "mentor_still_paused superseded",
    ]);
  });

  test("if it was told of, its end is", async ({ tx }) => {
    const { mentor } = await cast(tx);
    await aPause(tx, mentor);
    await resolve(tx);
    await resume(tx, { mentor });

    await resolve(tx);

    expect(await states(tx, mentor, "mentor")).toEqual([
      "mentor_paused dispatched",
      "mentor_resumed dispatched",
    ]);
  });
});

test("N4 an assignment is closed on the organisation's calendar", async ({ tx }) => {
  const stage = await followUp(1)(tx);
  await setAssignment(`closed_on = '${addDays(TODAY, 1)}'`)(tx, stage);
  await setClock(tx, addDays(TODAY, 1));

  await resolve(tx);

  expect(await outcome(tx, stage.notification, "email")).toMatchObject({ state: "superseded" });
});

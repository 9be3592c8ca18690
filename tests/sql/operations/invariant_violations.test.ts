import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aMentor,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { behindTheTriggers, call, violationsOf } from "../../support/outcomes.ts";

const YESTERDAY = addDays(TODAY, -1);

interface Plant {
  what: string;
  /** Every invariant that does not hold any more. */
  violated: string[];
  status?: "pending" | "active" | "paused";
  consent?: boolean;
  plant: (tx: Database, mentor: Mentor, organization: Organization) => Promise<unknown>;
}

const onMentor = (set: string) => (tx: Database, mentor: Mentor) =>
  tx.query(`update app_public.mentors set ${set} where id = $1`, [mentor.id]);

/** By the clock of the database, as is when people are told. */
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const aNotification = (tx: Database, mentor: Mentor, overrides: Record<string, unknown>) =>
  insert<{ id: string }>(tx, "app_public.notifications", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    kind: "mentor_paused",
    audience: "mentor",
    reason: "Rest",
    dedupe_key: randomUUID(),
    ...overrides,
  });

const aDelivery = async (tx: Database, mentor: Mentor, overrides: Record<string, unknown>) => {
  const isSending = overrides["state"] === "sending";
  await insert(tx, "app_public.notification_deliveries", {
    notification_id: (
      await aNotification(tx, mentor, { state: "dispatched", settled_at: daysAgo(7) })
    ).id,
    organization_id: mentor.organizationId,
    recipient_id: mentor.personId,
    recipient_role: "mentor",
    recipient_reason: "It is about this person.",
    channel: "email",
    next_attempt_at: isSending ? null : daysAgo(0),
    lease_token: isSending ? randomUUID() : null,
    lease_until: isSending ? daysAgo(6) : null,
    message_id: isSending ? `<${randomUUID()}@example.org>` : null,
    ...overrides,
  });
};

const PLANTS: Plant[] = [
  {
    what: "a mentor who stands elsewhere in the roster",
    violated: ["roster_follows_facts"],
    plant: (tx, mentor) =>
      tx.query(
        "update app_private.roster_positions set full_name = 'Nobody' where mentor_id = $1",
        [mentor.id],
      ),
  },
  {
    what: "an active mentor whose certification has expired",
    violated: ["active_mentors_are_certified"],
    consent: false,
    plant: async (tx, mentor) => {
      await tx.query("update app_public.certifications set expires_on = $2 where mentor_id = $1", [
        mentor.id,
        YESTERDAY,
      ]);
      await tx.query("select app_private.refresh_coverage(array[$1::uuid])", [mentor.id]);
      await tx.query("select app_private.refresh_roster(array[$1::uuid])", [mentor.id]);
    },
  },
  {
    what: "an open pause of an active mentor",
    violated: ["status_follows_pauses"],
    plant: (tx, mentor) =>
      insert(tx, "app_public.mentor_pauses", {
        mentor_id: mentor.id,
        cause: "self",
        reason: "Rest",
        started_at: TODAY,
        started_by: "psql",
      }),
  },
  {
    what: "a paused mentor whose pause has ended",
    violated: ["status_follows_pauses"],
    status: "paused",
    plant: (tx, mentor) =>
      tx.query(
        `update app_public.mentor_pauses
         set ended_at = started_at, ended_by = 'psql', end_cause = 'resumed'
         where mentor_id = $1`,
        [mentor.id],
      ),
  },
  {
    what: "a notification that has been open for over a day",
    violated: ["notifications_are_settled"],
    plant: (tx, mentor) => aNotification(tx, mentor, { created_at: daysAgo(2) }),
  },
  {
    what: "a notification that was to be told two days ago",
    violated: ["notifications_are_settled"],
    plant: (tx, mentor) =>
      aNotification(tx, mentor, { created_at: daysAgo(9), not_before: daysAgo(2) }),
  },
  ...["queued", "retrying", "unknown", "sending"].map((state) => ({
    what: `a delivery that is ${state} after a week`,
    violated: ["deliveries_are_settled"],
    plant: (tx: Database, mentor: Mentor) =>
      aDelivery(tx, mentor, { state, queued_at: daysAgo(7) }),
  })),
  {
    what: "a mentor ahead of the journal",
    violated: ["journal_is_gapless_and_agrees"],
    plant: onMentor("version = version + 1"),
  },
  {
    what: "a mentor behind the journal",
    violated: ["journal_is_gapless_and_agrees"],
    plant: onMentor("version = version - 1"),
  },
  {
    what: "a mentor whose status is not the journal's",
    violated: ["journal_is_gapless_and_agrees"],
    status: "pending",
    plant: onMentor("status = 'retired'"),
  },
  {
    what: "a journal without its last row",
    violated: ["journal_is_gapless_and_agrees"],
    plant: (tx, mentor) =>
      tx.query("delete from app_public.mentor_journal where mentor_id = $1 and version = 3", [
        mentor.id,
      ]),
  },
  {
    what: "a journal without a row in the middle",
    violated: ["journal_continues_itself", "journal_is_gapless_and_agrees"],
    plant: (tx, mentor) =>
      tx.query("delete from app_public.mentor_journal where mentor_id = $1 and version = 2", [
        mentor.id,
      ]),
  },
  {
    what: "a journal that is gone",
    violated: ["journal_is_gapless_and_agrees"],
    plant: (tx, mentor) =>
      tx.query("delete from app_public.mentor_journal where mentor_id = $1", [mentor.id]),
  },
  {
    what: "a journal row whose past was rewritten",
    violated: ["journal_continues_itself"],
    plant: (tx, mentor) =>
      tx.query(
        "update app_public.mentor_journal set to_status = 'paused' where mentor_id = $1 and version = 2",
        [mentor.id],
      ),
  },
  {
    what: "coverage that no certification gives",
    violated: ["coverage_follows_certifications"],
    status: "pending",
    plant: onMentor("coverage = '{(,)}'"),
  },
  {
    what: "a paused mentor who is wanted visible",
    violated: ["only_active_mentors_are_listed"],
    status: "paused",
    plant: (tx, mentor) =>
      tx.query(
        "update app_public.portal_listings set desired_visible = true where mentor_id = $1",
        [mentor.id],
      ),
  },
  {
    what: "a mentor who is wanted visible without consent",
    violated: ["only_active_mentors_are_listed"],
    plant: onMentor("portal_consent = false"),
  },
  {
    what: "an active mentor whose listing was hidden",
    violated: ["listings_say_what_is_wanted"],
    plant: (tx, mentor) =>
      tx.query(
        `update app_public.portal_listings set desired_visible = false, desired_until = null
         where mentor_id = $1`,
        [mentor.id],
      ),
  },
  {
    what: "a listing with another last day",
    violated: ["listings_say_what_is_wanted"],
    plant: (tx, mentor) =>
      tx.query(
        "update app_public.portal_listings set desired_until = '2199-01-01' where mentor_id = $1",
        [mentor.id],
      ),
  },
  {
    what: "a listing that changed without an event",
    violated: ["visibility_has_its_event"],
    plant: (tx, mentor) =>
      tx.query(
        "update app_public.portal_listings set desired_version = desired_version + 1 where mentor_id = $1",
        [mentor.id],
      ),
  },
  {
    what: "a listing whose events are gone",
    violated: ["visibility_has_its_event"],
    plant: (tx, mentor) =>
      tx.query("delete from app_public.portal_events where mentor_id = $1", [mentor.id]),
  },
  {
    what: "a mentor of whom the portal is told nothing",
    violated: ["every_mentor_has_a_listing"],
    status: "pending",
    plant: async (tx, mentor) => {
      await tx.query("delete from app_public.portal_events where mentor_id = $1", [mentor.id]);
      await tx.query("delete from app_public.portal_listings where mentor_id = $1", [mentor.id]);
    },
  },
  {
    what: "a last contact that no fact gives",
    violated: ["last_contact_follows_facts", "roster_follows_facts"],
    plant: async (tx, mentor) => {
      await anAssignment(tx, mentor);
      await tx.query(
        "update app_public.assignments set last_contact_on = last_contact_on + 1 where mentor_id = $1",
        [mentor.id],
      );
    },
  },
  {
    what: "an activity that moved no last contact",
    violated: ["last_contact_follows_facts", "roster_follows_facts"],
    plant: async (tx, mentor) => await anActivity(tx, [await anAssignment(tx, mentor)]),
  },
  {
    what: "a night that nobody accounts for",
    violated: ["past_dates_are_accounted_for"],
    plant: async (tx, _mentor, { id }) => {
      await insert(tx, "app_public.nightly_runs", { organization_id: id, run_on: YESTERDAY });
      await insert(tx, "app_public.nightly_runs", {
        organization_id: id,
        run_on: addDays(TODAY, -3),
      });
    },
  },
];

describe("S3 what a superuser, a restore or a bug has done is found", () => {
  test.for(PLANTS)(
    "$what",
    async ({ plant, violated, status = "active", consent = true }, { tx }) => {
      const organization = await anOrganization(tx);
      await aMentor(tx, organization);
      const mentor = await aMentor(tx, organization, { status, portalConsent: consent });
      expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);

      await behindTheTriggers(tx, () => plant(tx, mentor, organization));

      const concerned = violated.includes("past_dates_are_accounted_for") ? null : mentor.id;
      expect(await violationsOf(tx, organization.id, TODAY)).toEqual(
        violated.map((invariant) => ({ invariant, mentor_id: concerned })),
      );
    },
  );

  test("there is a plant for every invariant", async ({ tx }) => {
    const { rows } = await tx.query<{ invariant: string }>(
      `select distinct match[1] as invariant
       from pg_proc as p
       cross join lateral regexp_matches(p.prosrc, 'select (?:distinct )?''(\\w+)''', 'g') as match
       where p.oid = 'app_private.invariant_violations(uuid, date)'::regprocedure`,
    );
    const planted = new Set(PLANTS.flatMap(({ violated }) => violated));

    expect(rows.map(({ invariant }) => invariant).toSorted()).toEqual([...planted].toSorted());
  });

  test("and looked for in the organisation asked for only", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const other = await anOrganization(tx);
    await aMentor(tx, other);

    await behindTheTriggers(tx, () => onMentor("version = 9")(tx, mentor));

    expect(await violationsOf(tx, other.id, TODAY)).toEqual([]);
  });
});

const discrepancies = async (tx: Database, organization: Organization) => {
  const { rows } = await tx.query<{ invariant: string; is_open: boolean }>(
    `select d.invariant, d.closed_at is null as is_open
     from app_public.discrepancies as d
     where d.organization_id = $1`,
    [organization.id],
  );
  return rows;
};
const night = (tx: Database, organization: Organization, on: string) =>
  call(tx, "run_nightly", { organization_id: organization.id, run_on: on });

describe("what is no violation", () => {
  const harmless: Record<string, (tx: Database, mentor: Mentor) => Promise<unknown>> = {
    "a notification that is open since this morning": (tx, mentor) =>
      aNotification(tx, mentor, { created_at: new Date(Date.now() - 23 * 3_600_000) }),
    "a notification that is to be told later": (tx, mentor) =>
      aNotification(tx, mentor, { created_at: daysAgo(9), not_before: daysAgo(-1) }),
    "an old notification that is undeliverable": (tx, mentor) =>
      aNotification(tx, mentor, {
        created_at: daysAgo(9),
        state: "undeliverable",
        settled_at: daysAgo(9),
        outcome_detail: "Nobody.",
      }),
    "a delivery that has been tried for five days": (tx, mentor) =>
      aDelivery(tx, mentor, { state: "retrying", queued_at: daysAgo(5) }),
    "a delivery that may have arrived and is not tried again": (tx, mentor) =>
      aDelivery(tx, mentor, { state: "unknown", next_attempt_at: null, queued_at: daysAgo(9) }),
  };

  test.for(Object.entries(harmless))("%s", async ([, plant], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    await plant(tx, mentor);

    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });
});

describe("S3 the night puts what it finds before the coordinators", () => {
  test("once, and closes it when it is gone", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await behindTheTriggers(tx, () => onMentor("version = 9")(tx, mentor));

    await night(tx, organization, TODAY);
    await night(tx, organization, addDays(TODAY, 1));
    expect(await discrepancies(tx, organization)).toEqual([
      { invariant: "journal_is_gapless_and_agrees", is_open: true },
    ]);

    await behindTheTriggers(tx, () => onMentor("version = 3")(tx, mentor));
    await night(tx, organization, addDays(TODAY, 2));
    expect(await discrepancies(tx, organization)).toEqual([
      { invariant: "journal_is_gapless_and_agrees", is_open: false },
    ]);
  });

  test("nothing where nothing is wrong", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const status of ["pending", "active", "paused", "retired"] as const) {
      await aMentor(tx, organization, { status });
    }

    await night(tx, organization, TODAY);

    expect(await discrepancies(tx, organization)).toEqual([]);
  });
});

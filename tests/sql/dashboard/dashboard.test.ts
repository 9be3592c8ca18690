import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  TODAY,
  aMentor,
  addDays,
  anOrganization,
  insert,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import { test as base } from "../../support/database.ts";
import { refusal } from "../../support/outcomes.ts";
import { setListing } from "../../support/portal.ts";

async function dashboard(db: Database, organization: Organization) {
  const { rows } = await db.query<{ dashboard: Record<string, unknown> }>(
    "select to_json(d) as dashboard from app_public.dashboard($1) as d",
    [organization.id],
  );
  return rows[0]!.dashboard;
}

const test = base.extend("organization", async ({ tx }) => {
  const organization = await anOrganization(tx);
  // Somebody else's, in every number.
  const other = await anOrganization(tx);
  await furnish(tx, other);
  return organization;
});

async function aRun(db: Database, organization: Organization, runOn: string, state: string) {
  const isOver = ["succeeded", "failed"].includes(state);
  return await insert<{ id: string }>(db, "app_public.nightly_runs", {
    organization_id: organization.id,
    run_on: runOn,
    state,
    ...(state === "planned" ? {} : { attempt: 1, started_at: runOn }),
    ...(isOver ? { finished_at: runOn } : {}),
  });
}

async function aNotification(
  db: Database,
  mentor: { id: string; organizationId: string },
  state: string,
) {
  return await insert<{ id: string }>(db, "app_public.notifications", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    kind: "mentor_paused",
    audience: "coordinators",
    reason: "Paused.",
    dedupe_key: crypto.randomUUID(),
    state,
    ...(state === "open" ? {} : { settled_at: TODAY, outcome_detail: "Nobody." }),
  });
}

const DELIVERIES: Record<string, Record<string, unknown>> = {
  queued: { next_attempt_at: TODAY },
  retrying: { next_attempt_at: TODAY },
  sending: { lease_token: crypto.randomUUID(), lease_until: TODAY },
  unknown: { may_have_arrived: true },
  undeliverable: { outcome_detail: "Refused." },
  sent: { sent_at: TODAY },
  superseded: { outcome_detail: "Renewed." },
};

async function furnish(db: Database, organization: Organization): Promise<void> {
  await aMentor(db, organization, { status: "pending" });
  await aMentor(db, organization, { status: "retired" });
  const paused = await aMentor(db, organization, { status: "paused" });
  const active = await aMentor(db, organization, { expiresOn: addDays(TODAY, 14) });
  await db.query(
    `update app_public.portal_listings
     set condition = 'synced', synced_version = desired_version, pending_since = null
     where organization_id = $1 and mentor_id <> all ($2)`,
    [organization.id, [paused.id, active.id]],
  );
  await setListing(db, paused, `pending_since = now() - interval '11 minutes'`);
  await setListing(
    db,
    active,
    `condition = 'needs_attention', pending_since = now() - interval '5 minutes',
     error_class = 'permanent', error_message = 'No.'`,
  );
  await aNotification(db, paused, "undeliverable");
  const { id: notification_id } = await aNotification(db, active, "dispatched");
  for (const [state, columns] of Object.entries(DELIVERIES)) {
    await insert(db, "app_public.notification_deliveries", {
      notification_id,
      organization_id: organization.id,
      recipient_id:
        state === "queued" ? active.personId : (await aMentor(db, organization)).personId,
      recipient_role: "coordinator",
      recipient_reason: "Because.",
      channel: "email",
      message_id: crypto.randomUUID(),
      state,
      ...columns,
    });
  }
  for (const [severity, closed_at] of [
    ["critical", null],
    ["warning", null],
    ["warning", TODAY],
  ]) {
    await insert(db, "app_public.alerts", {
      organization_id: organization.id,
      kind: `k${crypto.randomUUID()}`,
      severity,
      message: "Something is wrong.",
      cure: "Put it right.",
      opened_at: TODAY,
      closed_at,
    });
  }
  for (const closed_at of [null, TODAY]) {
    await insert(db, "app_public.discrepancies", {
      organization_id: organization.id,
      invariant: "something",
      detail: "It is not so.",
      opened_at: TODAY,
      closed_at,
    });
  }
  for (const [days, closed_on] of [
    [45, null],
    [44, null],
    [60, TODAY],
  ] as const) {
    await insert(db, "app_public.assignments", {
      organization_id: organization.id,
      mentor_id: active.id,
      assignment_key: crypto.randomUUID(),
      client_reference: "client",
      opened_on: addDays(TODAY, -200),
      last_contact_on: addDays(TODAY, -days),
      closed_on,
    });
  }
}

describe("V2 the dashboard", () => {
  test("counts the organisation's own, and what is open", async ({ tx, organization }) => {
    await furnish(tx, organization);

    expect(await dashboard(tx, organization)).toMatchObject({
      organization_id: organization.id,
      today: TODAY,
      pending_mentors: 1,
      // One is told of; six more are recipients.
      active_mentors: 7,
      paused_mentors: 1,
      retired_mentors: 1,
      failed_syncs: 1,
      retrying_syncs: 0,
      overdue_hides: 1,
      untold_notifications: 1,
      waiting_deliveries: 3,
      uncertain_deliveries: 1,
      undeliverable_deliveries: 1,
      open_discrepancies: 1,
      open_alerts: 2,
      critical_alerts: 1,
      reminders_due: 1,
      quiet_assignments: 1,
    });
  });

  test("is of zeros where there is nothing", async ({ tx, organization }) => {
    expect(await dashboard(tx, organization)).toMatchObject({
      active_mentors: 0,
      pending_syncs: 0,
      failed_syncs: 0,
      oldest_unsynced_since: null,
      open_alerts: 0,
      last_run_id: null,
      waits_for_approval: false,
      reminders_due: 0,
    });
  });

  test("is refused for an organisation that is not there", async ({ tx }) => {
    const call = () => tx.query("select app_public.dashboard(gen_random_uuid())");

    expect(await refusal(tx, call)).toMatchObject({ code: "MNNOT" });
  });
});

describe("V2 the dashboard says of the night", () => {
  /** One o'clock in Oslo, on the hour of the night. */
  const NIGHT = "00:00 UTC";

  test("the last that was started, and not what is only planned", async ({ tx, organization }) => {
    await aRun(tx, organization, addDays(TODAY, -2), "succeeded");
    const { id } = await aRun(tx, organization, addDays(TODAY, -1), "failed");
    await aRun(tx, organization, TODAY, "planned");

    expect(await dashboard(tx, organization)).toMatchObject({
      last_run_id: id,
      last_run_on: addDays(TODAY, -1),
      last_run_state: "failed",
    });
  });

  test("that it waits for approval", async ({ tx, organization }) => {
    const { id } = await aRun(tx, organization, TODAY, "needs_approval");

    expect(await dashboard(tx, organization)).toMatchObject({
      waiting_run_id: id,
      waits_for_approval: true,
      last_run_id: id,
    });
  });

  test.for<[string, string, [string, string][], string]>([
    ["before its hour, today's", `${TODAY} 23:59 UTC`, [], addDays(TODAY, 1)],
    ["after its hour, today's until it has run", `${TODAY} ${NIGHT}`, [], TODAY],
    ["today's, which has failed", `${TODAY} ${NIGHT}`, [[TODAY, "failed"]], TODAY],
    [
      "tomorrow's, once today's has run",
      `${TODAY} ${NIGHT}`,
      [[TODAY, "succeeded"]],
      addDays(TODAY, 1),
    ],
    [
      "tomorrow's, while today's runs",
      `${TODAY} ${NIGHT}`,
      [[TODAY, "running"]],
      addDays(TODAY, 1),
    ],
  ])("when the next is due: %s", async ([, at, runs, expected], { tx, organization }) => {
    await setClock(tx, at);
    for (const [runOn, state] of runs) await aRun(tx, organization, runOn, state);

    const { next_run_on, next_run_at } = await dashboard(tx, organization);

    expect(next_run_on).toBe(expected);
    expect(new Date(String(next_run_at)).toISOString()).toBe(`${expected}T00:00:00.000Z`);
  });

  test("an hour before midnight is yesterday's until it has run", async ({ tx, organization }) => {
    await setOrganizationSettings(tx, organization, { nightly_at: "23:00" });
    await setClock(tx, `${TODAY} 12:00 Europe/Oslo`);
    expect(await dashboard(tx, organization)).toMatchObject({ next_run_on: TODAY });

    await aRun(tx, organization, addDays(TODAY, -2), "succeeded");
    expect(await dashboard(tx, organization)).toMatchObject({ next_run_on: addDays(TODAY, -1) });

    await aRun(tx, organization, addDays(TODAY, -1), "succeeded");
    expect(await dashboard(tx, organization)).toMatchObject({ next_run_on: TODAY });
  });
});

describe("N2 undelivered notifications", () => {
  test("are told with their reason and age, the oldest first", async ({ tx, organization }) => {
    await furnish(tx, organization);
    await tx.query(
      `update app_public.notification_deliveries
       set queued_at = now() - interval '100 minutes'
       where organization_id = $1 and state = 'undeliverable'`,
      [organization.id],
    );

    const { rows } = await tx.query(
      "select state, problem, age_in_hours from app_public.undelivered_notifications($1)",
      [organization.id],
    );

    expect(rows[0]).toEqual({ state: "undeliverable", problem: "Refused.", age_in_hours: 1 });
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ state }) => String(state)))).toEqual(
      new Set(["queued", "retrying", "sending", "undeliverable", "unknown"]),
    );
  });
});

import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  aMentor,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { openAlerts } from "../../support/portal.ts";

/** The night is due at one o'clock in Oslo, which is midnight UTC in winter. */
const DUE = "2026-03-15T00:00:00Z";
const HALF_AN_HOUR_LATER = "2026-03-15T00:30:00Z";
const YESTERDAY = "2026-03-14";
const TODAY = "2026-03-15";

async function watch(tx: Database, asOf: string) {
  await tx.query("select app_private.watch_nights($1)", [asOf]);
  return await openAlerts(tx);
}

async function kinds(tx: Database, asOf: string): Promise<string[]> {
  return (await watch(tx, asOf)).map(({ kind }) => kind);
}

/** An organisation that is older than the night. */
async function anOldOrganization(tx: Database): Promise<Organization> {
  const organization = await anOrganization(tx);
  await tx.query("update app_public.organizations set created_at = '2026-01-01' where id = $1", [
    organization.id,
  ]);
  await aRun(tx, organization, YESTERDAY, "succeeded");
  return organization;
}

async function aRun(
  tx: Database,
  organization: Organization,
  runOn: string,
  state: string,
  startedAt = `${runOn}T00:00:00Z`,
): Promise<string> {
  const isOver = ["succeeded", "succeeded_with_failures", "failed"].includes(state);
  const { id } = await insert<{ id: string }>(tx, "app_public.nightly_runs", {
    organization_id: organization.id,
    run_on: runOn,
    state,
    attempt: state === "planned" ? 0 : 1,
    started_at: state === "planned" ? null : startedAt,
    finished_at: isOver ? startedAt : null,
    failed_count: state === "succeeded_with_failures" ? 1 : 0,
    explanation: state === "needs_approval" ? "The plan pauses 30 of 40 mentors." : null,
  });
  return id;
}

/** Active, and expired before the night, as if the night had not seen it. */
async function anExpiredMentor(tx: Database, organization: Organization) {
  const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
  await tx.query("set local session_replication_role = replica");
  await tx.query(
    "update app_public.mentors set coverage = '{[2025-01-01,2026-03-15)}' where id = $1",
    [mentor.id],
  );
  await tx.query("set local session_replication_role = origin");
  return mentor;
}

describe("C6 a night that did not finish half an hour after its time raises an alert", () => {
  test("which says what it is and how to start it, and closes when the night has run", async ({
    tx,
  }) => {
    const organization = await anOldOrganization(tx);
    const id = await aRun(tx, organization, TODAY, "planned");

    expect(await kinds(tx, "2026-03-15T00:29:59Z")).toEqual([]);
    const [alert] = await watch(tx, HALF_AN_HOUR_LATER);
    expect(alert).toMatchObject({
      kind: "nightly_overdue",
      severity: "critical",
      organization_id: organization.id,
      message: `The night of ${TODAY} has not run: it is planned.`,
      cure: `Start a worker, or: npm run nightly -- --organization ${organization.slug}`,
    });

    await tx.query(
      "update app_public.nightly_runs set state = 'running', attempt = 1, started_at = $2 where id = $1",
      [id, HALF_AN_HOUR_LATER],
    );
    await tx.query(
      "update app_public.nightly_runs set state = 'succeeded', finished_at = $2 where id = $1",
      [id, HALF_AN_HOUR_LATER],
    );
    expect(await kinds(tx, "2026-03-15T01:00:00Z")).toEqual([]);
  });

  test.for([
    { state: "succeeded", alerts: [] },
    { state: "succeeded_with_failures", alerts: [] },
    { state: "failed", alerts: ["nightly_overdue"] },
    { state: "running", alerts: ["nightly_overdue"] },
    { state: "needs_approval", alerts: ["nightly_needs_approval"] },
  ])("$state: $alerts", async ({ state, alerts }, { tx }) => {
    const organization = await anOldOrganization(tx);
    await aRun(tx, organization, TODAY, state, HALF_AN_HOUR_LATER);

    expect(await kinds(tx, HALF_AN_HOUR_LATER)).toEqual(alerts);
  });

  test("one that nobody has recorded, as no worker runs", async ({ tx }) => {
    await anOldOrganization(tx);

    expect(await watch(tx, HALF_AN_HOUR_LATER)).toMatchObject([
      {
        kind: "nightly_overdue",
        message: `The night of ${TODAY} has not run: nobody has recorded it.`,
      },
    ]);
  });

  test("not one from before the organisation was created", async ({ tx }) => {
    await anOrganization(tx);

    expect(await kinds(tx, DUE)).toEqual([]);
  });

  test("on the organisation's own clock", async ({ tx }) => {
    const organization = await anOldOrganization(tx);
    await tx.query(
      "update app_public.organizations set time_zone = 'America/New_York' where id = $1",
      [organization.id],
    );

    expect(await kinds(tx, "2026-03-15T05:29:59Z")).toEqual([]);
    expect(await kinds(tx, "2026-03-15T05:30:00Z")).toEqual(["nightly_overdue"]);
  });
});

describe("C6 expired mentors who are active raise an alert", () => {
  test("although the night has run", async ({ tx }) => {
    const organization = await anOldOrganization(tx);
    await aRun(tx, organization, TODAY, "succeeded");
    await anExpiredMentor(tx, organization);

    expect(await watch(tx, HALF_AN_HOUR_LATER)).toMatchObject([
      {
        kind: "expired_mentors_active",
        severity: "critical",
        message: `Mentors who are active although their certification did not hold on ${TODAY}: 1.`,
      },
    ]);
  });

  test("not before the night had its half hour", async ({ tx }) => {
    const organization = await anOldOrganization(tx);
    await anExpiredMentor(tx, organization);

    expect(await kinds(tx, "2026-03-15T00:29:59Z")).toEqual([]);
  });

  test("not one who has been certified since", async ({ tx }) => {
    const organization = await anOldOrganization(tx);
    await aRun(tx, organization, TODAY, "succeeded");
    // The night of the 15th is the one that counts until half past one on the 16th.
    await aMentor(tx, organization, { validFrom: "2026-03-16" });

    expect(await kinds(tx, "2026-03-16T00:10:00Z")).toEqual([]);
  });
});

describe("F4 a run over 30 minutes raises an alert", () => {
  test.for([
    { started: "2026-03-15T00:00:00Z", alerts: [] },
    { started: "2026-03-14T23:59:59Z", alerts: ["nightly_slow"] },
  ])("started at $started: $alerts", async ({ started, alerts }, { tx }) => {
    const organization = await anOldOrganization(tx);
    await aRun(tx, organization, "2026-03-16", "running", started);
    await aRun(tx, organization, TODAY, "succeeded");

    expect(await kinds(tx, HALF_AN_HOUR_LATER)).toEqual(alerts);
  });
});

test("C11 a run that waits for approval is put before the coordinators, with the brake's sentence", async ({
  tx,
}) => {
  const organization = await anOldOrganization(tx);
  const id = await aRun(tx, organization, TODAY, "needs_approval");

  expect(await watch(tx, DUE)).toMatchObject([
    {
      kind: "nightly_needs_approval",
      message: `The night of ${TODAY} waits for a person. The plan pauses 30 of 40 mentors.`,
      cure: `Look at the preview; npm run nightly -- --organization ${organization.slug} --approve ${id}`,
    },
  ]);
});

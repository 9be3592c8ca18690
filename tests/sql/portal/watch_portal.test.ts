import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  aMentor,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  LAST_DAY,
  type Alert,
  aListing,
  closeGate,
  openAlerts,
  setGate,
  setListing,
} from "../../support/portal.ts";

const watch = async (tx: Database): Promise<Alert[]> => {
  await tx.query("select app_private.watch_portal()");
  return await openAlerts(tx);
};
const kinds = async (tx: Database) => (await watch(tx)).map(({ kind }) => kind);

/** A listing that waits, since so long. */
const waiting = async (
  tx: Database,
  organization: Organization,
  visible: boolean,
  since: string,
) => {
  const mentor = await aMentor(tx, organization, {
    status: visible ? "active" : "pending",
    expiresOn: LAST_DAY,
  });
  await setListing(tx, mentor, `pending_since = now() - interval '${since}'`);
  return mentor;
};

describe("P4 what takes too long raises an alert", () => {
  test.for([
    { visible: false, since: "10 minutes", alert: [] },
    { visible: false, since: "10 minutes 1 second", alert: ["portal_hide_overdue"] },
    { visible: true, since: "10 minutes 1 second", alert: [] },
    { visible: true, since: "2 hours", alert: [] },
    { visible: true, since: "2 hours 1 second", alert: ["portal_show_overdue"] },
  ])("visible $visible, since $since: $alert", async ({ visible, since, alert }, { tx }) => {
    await waiting(tx, await anOrganization(tx), visible, since);

    expect(await kinds(tx)).toEqual(alert);
  });

  test("a hide that a person has to look at is one, too; a show is before people already", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    for (const visible of [false, true]) {
      const mentor = await waiting(tx, organization, visible, "1 day");
      await setListing(tx, mentor, "condition = 'needs_attention'");
    }

    expect(await kinds(tx)).toEqual(["portal_hide_overdue"]);
  });

  test("with how many, and since when", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const first = await waiting(tx, organization, false, "1 day");
    await waiting(tx, organization, false, "1 hour");
    await setListing(tx, first, "pending_since = '2026-03-01 12:34 UTC'");

    expect(await watch(tx)).toMatchObject([
      {
        organization_id: organization.id,
        severity: "critical",
        message:
          "Mentors to be hidden who may still be visible on the portal: 2, the first since 2026-03-01 12:34 UTC.",
      },
    ]);
  });

  test("once for each organisation, and only where it is late", async ({ tx }) => {
    const late = [await anOrganization(tx), await anOrganization(tx)];
    const punctual = await anOrganization(tx);
    for (const organization of late) await waiting(tx, organization, false, "1 hour");
    await aListing(tx, punctual);

    await watch(tx);
    const alerts = await watch(tx);

    expect(new Set(alerts.map(({ organization_id }) => organization_id))).toEqual(
      new Set(late.map(({ id }) => id)),
    );
    expect(alerts).toHaveLength(2);
  });

  test("closes when it was told, of that organisation", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const other = await anOrganization(tx);
    const mentor = await waiting(tx, organization, false, "1 hour");
    await waiting(tx, other, false, "1 hour");
    await watch(tx);

    await setListing(
      tx,
      mentor,
      "condition = 'synced', pending_since = null, synced_version = desired_version",
    );

    expect(await watch(tx)).toMatchObject([{ organization_id: other.id }]);
  });
});

describe("P6 a portal that is out of reach raises an alert", () => {
  test.for([
    { since: "15 minutes", alert: [] },
    { since: "15 minutes 1 second", alert: ["portal_unavailable"] },
  ])("since $since: $alert", async ({ since, alert }, { tx }) => {
    await closeGate(tx, "transient");
    await setGate(tx, `closed_since = now() - interval '${since}'`);

    expect(await kinds(tx)).toEqual(alert);
  });

  test("with the reason, and closes when it is back", async ({ tx }) => {
    await closeGate(tx, "transient");
    await setGate(tx, "closed_since = '2026-03-01 12:34 UTC'");
    expect(await watch(tx)).toMatchObject([
      {
        organization_id: null,
        message: "The portal has not been reachable since 2026-03-01 12:34 UTC: It failed.",
      },
    ]);

    await tx.query("select app_private.open_portal_gate('write')");
    expect(await kinds(tx)).toEqual(["portal_unavailable"]);
    await setGate(tx, "closed_until = now()");
    await tx.query("select app_private.open_portal_gate('write')");
    expect(await kinds(tx)).toEqual([]);
  });
});

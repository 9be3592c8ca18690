import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  anOrganization,
  anOrganizationAdministrator,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";
import { type Alert, openAlerts } from "../../support/portal.ts";

interface About {
  kind?: string;
  subject?: string;
  organizationId?: string | null;
  message?: string;
}

const raise = async (tx: Database, about: About = {}): Promise<Alert> => {
  const { kind = "test", subject = "", organizationId = null, message = "It is so." } = about;
  await tx.query("select app_private.raise_alert($1, 'warning', $2, 'Mend it.', $3, $4)", [
    kind,
    message,
    subject,
    organizationId,
  ]);
  const open = await openAlerts(tx);
  return open.find(
    (one) => one.kind === kind && one.subject === subject && one.organization_id === organizationId,
  )!;
};

const close = (
  tx: Database,
  kind: string,
  subject: string | null = null,
  organizationId: string | null = null,
) => tx.query("select app_private.close_alert($1, $2, $3)", [kind, subject, organizationId]);

describe("an alert", () => {
  test("opens once while its condition lasts, and says what is true now", async ({ tx }) => {
    const first = await raise(tx);
    await raise(tx, { message: "It is worse." });

    expect(await openAlerts(tx)).toEqual([{ ...first, message: "It is worse." }]);
  });

  test("closes, and opens anew when its condition comes back", async ({ tx }) => {
    const first = await raise(tx);
    await close(tx, "test");
    expect(await openAlerts(tx)).toEqual([]);

    const second = await raise(tx);

    expect(second.id).not.toBe(first.id);
    const { rowCount } = await tx.query("select from app_public.alerts");
    expect(rowCount).toBe(2);
  });

  test("is one for each kind, subject and organisation", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await raise(tx);
    await raise(tx, { kind: "other" });
    await raise(tx, { subject: "30" });
    await raise(tx, { organizationId: organization.id });
    await raise(tx, { organizationId: (await anOrganization(tx)).id });

    expect(await openAlerts(tx)).toHaveLength(5);
  });

  test("is closed by its kind and organisation, and by its subject if one is named", async ({
    tx,
  }) => {
    const { id } = await anOrganization(tx);
    const open = async () =>
      (await openAlerts(tx)).map(({ kind, subject }) => `${kind} ${subject}`);
    await raise(tx, { subject: "7" });
    await raise(tx, { subject: "30" });
    await raise(tx, { kind: "other" });
    await raise(tx, { kind: "theirs", organizationId: id });

    await close(tx, "test", "7");
    expect(await open()).toEqual(["other ", "test 30", "theirs "]);
    await close(tx, "theirs");
    await close(tx, "test", null, id);
    expect(await open()).toEqual(["other ", "test 30", "theirs "]);
    await close(tx, "test");
    await close(tx, "theirs", null, id);
    expect(await open()).toEqual(["other "]);
  });

  test("is not closed again: when it was stays known", async ({ tx }) => {
    await raise(tx);
    await close(tx, "test");
    await tx.query("update app_public.alerts set closed_at = opened_at + interval '1 second'");

    await close(tx, "test");

    const { rows } = await tx.query(
      "select closed_at = opened_at + interval '1 second' as stays from app_public.alerts",
    );
    expect(rows).toEqual([{ stays: true }]);
  });
});

const acknowledge = (tx: Database, alert: { id: string }, request_id: string | null = null) =>
  call(tx, "acknowledge_alert", { alert_id: alert.id, request_id });

describe("V2 an alert is acknowledged", () => {
  test("by name, and stays open", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const personId = await anOrganizationAdministrator(tx, organization);
    const alert = await raise(tx, { organizationId: organization.id });
    await actAs(tx, personId);

    const acknowledged = await acknowledge(tx, alert);

    expect(acknowledged).toMatchObject({ id: alert.id, acknowledged_by: `person:${personId}` });
    expect(await openAlerts(tx)).toMatchObject([{ acknowledged_by: `person:${personId}` }]);
  });

  test("once: the first to know is kept", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const alert = await raise(tx, { organizationId: organization.id });
    const first = await acknowledge(tx, alert);

    await actAs(tx, await anOrganizationAdministrator(tx, organization));

    expect(await acknowledge(tx, alert)).toEqual(first);
  });

  const PERSONS: Record<
    string,
    (tx: Database, organization: Organization) => Promise<string | null>
  > = {
    "an operator": async () => null,
    "an administrator of the organisation": anOrganizationAdministrator,
    "a coordinator": async (tx, organization) => aCoordinator(tx, await aMentor(tx, organization)),
    "an administrator of a chapter": (tx, organization) =>
      aChapterAdministrator(tx, organization, organization.chapterId),
    "a mentor": async (tx, organization) => (await aMentor(tx, organization)).personId,
    "an administrator of another organisation": async (tx) =>
      anOrganizationAdministrator(tx, await anOrganization(tx)),
    "a stranger": aPerson,
  };
  const persons = Object.keys(PERSONS);
  const everybody = Object.entries(PERSONS);

  test.for(everybody)("of the organisation: %s", async ([who, person], { tx }) => {
    const organization = await anOrganization(tx);
    const alert = await raise(tx, { organizationId: organization.id });
    await actAs(tx, await person(tx, organization));

    expect(await refusal(tx, () => acknowledge(tx, alert))).toEqual(
      persons.slice(0, 4).includes(who) ? undefined : expect.objectContaining({ code: "MNDEN" }),
    );
  });

  test.for(everybody)("of the whole system: %s", async ([who, person], { tx }) => {
    const organization = await anOrganization(tx);
    const alert = await raise(tx);
    await actAs(tx, await person(tx, organization));

    const isAdministrator = [
      "an operator",
      "an administrator of the organisation",
      "an administrator of another organisation",
    ].includes(who);
    expect(await refusal(tx, () => acknowledge(tx, alert))).toEqual(
      isAdministrator ? undefined : expect.objectContaining({ code: "MNDEN" }),
    );
  });

  test("if there is one", async ({ tx }) => {
    expect(await refusal(tx, () => acknowledge(tx, { id: randomUUID() }))).toMatchObject({
      code: "MNNOT",
    });
  });

  test("and a repetition under its request id changes nothing", async ({ tx }) => {
    const alert = await raise(tx);
    const id = randomUUID();
    const first = await acknowledge(tx, alert, id);
    await tx.query("update app_public.alerts set acknowledged_at = null, acknowledged_by = null");

    expect(await acknowledge(tx, alert, id)).toEqual(first);

    expect(await openAlerts(tx)).toMatchObject([{ acknowledged_by: null }]);
    const other = await raise(tx, { kind: "other" });
    expect(await refusal(tx, () => acknowledge(tx, other, id))).toMatchObject({ code: "MNREQ" });
  });
});

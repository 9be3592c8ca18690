import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  aMentor,
  aPerson,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { openAlerts } from "../../support/portal.ts";

async function duplicates(tx: Database) {
  const { rows } = await tx.query("select * from app_private.duplicate_entries()");
  return rows;
}

/** Writes what constraints refuse. */
async function sabotage(tx: Database, statements: string[]): Promise<void> {
  for (const statement of statements) await tx.query(statement);
}

async function aNotification(tx: Database, mentor: Mentor, dedupeKey: string): Promise<string> {
  const { id } = await insert<{ id: string }>(tx, "app_public.notifications", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    kind: "certification_reminder",
    audience: "mentor",
    reason: "It expires.",
    dedupe_key: dedupeKey,
    certification_id: mentor.certificationId,
    expires_on: "2026-03-20",
    threshold_days: 7,
  });
  return id;
}

describe("C7 what stands twice for one certification period is found", () => {
  test("nothing in a healthy world", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
    await aNotification(tx, mentor, "one");
    await tx.query("select app_public.run_nightly($1, '2026-03-21')", [organization.id]);

    expect(await duplicates(tx)).toEqual([]);
  });

  test("two notifications about one fact, whatever their key says", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
    await aNotification(tx, mentor, "one");
    await aNotification(tx, mentor, "another");

    expect(await duplicates(tx)).toMatchObject([
      { entry: "notification", mentor_id: mentor.id, organization_id: organization.id },
    ]);
  });

  test("two pauses by one run for one certification", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-14" });
    await tx.query("select app_public.run_nightly($1)", [organization.id]);
    await tx.query("set local session_replication_role = replica");
    await tx.query(
      `insert into app_public.mentor_journal
         (mentor_id, version, event, from_status, to_status, cause, actor, at, certification_id,
          nightly_run_id)
       select j.mentor_id, j.version + 100, j.event, 'paused', 'paused', j.cause, j.actor, j.at,
         j.certification_id, j.nightly_run_id
       from app_public.mentor_journal as j
       where j.event = 'paused'`,
    );

    expect(await duplicates(tx)).toMatchObject([{ entry: "journal", mentor_id: mentor.id }]);
  });

  test("two reminders of one threshold, where the constraint has gone", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
    await tx.query("select app_public.run_nightly($1)", [organization.id]);
    await sabotage(tx, [
      "alter table app_public.certification_reminders drop constraint certification_reminders_once",
      "set local session_replication_role = replica",
      `insert into app_public.certification_reminders
       select * from app_public.certification_reminders where disposition = 'notified'`,
    ]);

    expect(await duplicates(tx)).toMatchObject([{ entry: "reminder", mentor_id: mentor.id }]);
  });

  test("a mail that the mail server took over twice", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
    const recipientId = await aPerson(tx, organization);
    const { id } = await insert<{ id: string }>(tx, "app_public.notification_deliveries", {
      notification_id: await aNotification(tx, mentor, "one"),
      organization_id: organization.id,
      recipient_id: recipientId,
      recipient_role: "mentor",
      recipient_reason: "It is about this person.",
      channel: "email",
      next_attempt_at: "2026-03-15",
    });
    for (const attempt of [1, 2]) {
      await insert(tx, "app_public.notification_attempts", {
        delivery_id: id,
        attempt,
        outcome: "sent",
        began_at: "2026-03-15",
      });
    }

    expect(await duplicates(tx)).toMatchObject([{ entry: "delivery", mentor_id: mentor.id }]);
  });
});

test("C7 the alert names how many and one of them, and closes when they are gone", async ({
  tx,
}) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { expiresOn: "2026-03-20" });
  await aNotification(tx, mentor, "one");
  await aNotification(tx, mentor, "another");

  await tx.query("select app_private.watch_duplicates()");
  expect(await openAlerts(tx)).toMatchObject([
    {
      kind: "duplicate_entries",
      severity: "critical",
      organization_id: organization.id,
      message:
        "Entries that stand twice: 1, as 2 notifications certification_reminder to mentor about one fact.",
    },
  ]);

  await tx.query(
    "update app_public.notifications set threshold_days = 14 where dedupe_key = 'one'",
  );
  await tx.query("select app_private.watch_duplicates()");
  expect(await openAlerts(tx)).toEqual([]);
});

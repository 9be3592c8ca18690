import { describe, expect } from "vitest";
import { type Database, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aQueuedMail, claim, deliveryNow, record } from "../../support/deliveries.ts";
import { refusal } from "../../support/outcomes.ts";

async function sentMail(db: Database) {
  const mail = await aQueuedMail(db, await anOrganization(db));
  await record(db, (await claim(db))!, "sent");
  return mail;
}

describe("N3 a mail that was sent", () => {
  test.for([
    "state = 'queued', sent_at = null, next_attempt_at = now()",
    "state = 'retrying', sent_at = null, next_attempt_at = now()",
    "state = 'unknown', sent_at = null",
    "state = 'superseded', sent_at = null, outcome_detail = 'No.'",
    "state = 'undeliverable', sent_at = null, outcome_detail = 'No.'",
    `state = 'sending', sent_at = null, lease_token = gen_random_uuid(), lease_until = now()`,
    "message_id = '<another@example.org>'",
    "message_id = null",
  ])("cannot be changed to %s", async (set, { tx }) => {
    const { id } = await sentMail(tx);

    expect(
      await refusal(tx, () =>
        tx.query(`update app_public.notification_deliveries set ${set} where id = $1`, [id]),
      ),
    ).toMatchObject({ code: "MNAPP", table: "notification_deliveries" });
  });

  test("stays sent, whatever else is written on it", async ({ tx }) => {
    const { id } = await sentMail(tx);

    await tx.query(
      "update app_public.notification_deliveries set outcome_detail = 'Seen.' where id = $1",
      [id],
    );

    expect(await deliveryNow(tx, id)).toMatchObject({ state: "sent", outcome_detail: "Seen." });
  });
});

test("N3 a Message-ID does not change before the mail was sent, either", async ({ tx }) => {
  const { id } = await aQueuedMail(tx, await anOrganization(tx));
  await record(tx, (await claim(tx))!, "temporary");

  for (const value of ["'<another@example.org>'", "null"]) {
    expect(
      await refusal(tx, () =>
        tx.query(
          `update app_public.notification_deliveries set message_id = ${value} where id = $1`,
          [id],
        ),
      ),
    ).toMatchObject({ code: "MNAPP" });
  }
});

describe("N3 nothing is forgotten", () => {
  const statements = [
    "delete from app_public.notifications",
    "delete from app_public.notification_deliveries",
    "delete from app_public.notification_attempts",
    "update app_public.notification_attempts set outcome = 'sent'",
    "truncate app_public.notifications cascade",
    "truncate app_public.notification_deliveries cascade",
    "truncate app_public.notification_attempts",
  ];

  test.for(statements)("%s is refused", async (statement, { tx }) => {
    await sentMail(tx);
    await tx.query("set constraints all immediate");

    expect(await refusal(tx, () => tx.query(statement))).toMatchObject({ code: "MNAPP" });
  });
});

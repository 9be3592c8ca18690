import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  anOrganization,
  anOrganizationAdministrator,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  aQueuedMail,
  aSelfPausedMentor,
  claim,
  claimAll,
  deliveriesAbout,
  deliveryNow,
  endLeases,
  openAlerts,
  record,
  giveUp,
  recover,
  resolve,
  setDelivery,
  statesAbout,
  wakeUps,
  watch,
  writeInbox,
} from "../../support/deliveries.ts";
import { call, refusal, violationsOf } from "../../support/outcomes.ts";

const retry = async (db: Database, organization: { id: string | null }, requestId?: string) => {
  const row = await call(db, "retry_undelivered_notifications", {
    organization_id: organization.id,
    ...(requestId !== undefined && { request_id: requestId }),
  });
  return row["retry_undelivered_notifications"] as number;
};

describe("N2 what could not be told is tried again", () => {
  test("once there is somebody to tell", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aSelfPausedMentor(tx, organization);
    await resolve(tx);
    await aCoordinator(tx, mentor);

    expect(await retry(tx, organization)).toBe(1);
    await resolve(tx);
    await watch(tx);

    expect(await statesAbout(tx, mentor)).toEqual(["mentor_paused to coordinators: dispatched"]);
    expect(await claimAll(tx)).toHaveLength(1);
    expect(await openAlerts(tx)).toEqual([]);
  });

  test("and is undeliverable again without", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aSelfPausedMentor(tx, organization);
    await resolve(tx);

    expect(await retry(tx, organization)).toBe(1);
    await resolve(tx);

    expect(await statesAbout(tx, mentor)).toEqual(["mentor_paused to coordinators: undeliverable"]);
    expect(await openAlerts(tx)).toHaveLength(1);
  });

  test("however old it is, it is not overdue by that", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aSelfPausedMentor(tx, organization);
    await resolve(tx);
    // Long before the day of the story, too.
    await tx.query("update app_public.notifications set created_at = '2026-01-01'");
    await tx.query("select set_config('mentor_lifecycle.as_of', '', true)");

    await retry(tx, organization);

    const found = await violationsOf(tx, organization.id, TODAY);
    expect(found.filter(({ invariant }) => invariant === "notifications_are_settled")).toEqual([]);
    expect(await resolve(tx)).toBe(1);
  });

  test("a mail that was refused goes to the corrected address", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mail = await aQueuedMail(tx, organization);
    await record(tx, (await claim(tx))!, "rejected", "550");
    await tx.query("update app_public.people set email = 'new@example.org' where id = $1", [
      mail.recipient_id,
    ]);

    expect(await retry(tx, organization)).toBe(1);

    expect(await claim(tx)).toMatchObject({
      recipient_address: "new@example.org",
      data: { isRepeat: false },
    });
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ attempts: 2 });
  });

  test("a mail that was given up has five days again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mail = await aQueuedMail(tx, organization);
    await setDelivery(tx, mail, "queued_at = now() - interval '6 days'");
    await giveUp(tx);

    expect(await retry(tx, organization)).toBe(1);
    await giveUp(tx);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "queued", outcome_detail: null });
  });

  test("N3 a mail that may have arrived says so, under its Message-ID", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aQueuedMail(tx, organization);
    const first = (await claim(tx))!;
    for (let count = 0; count < 3; count += 1) {
      await endLeases(tx);
      await recover(tx);
      if (count < 2) await claim(tx);
    }
    expect(await claim(tx)).toBeUndefined();

    expect(await retry(tx, organization)).toBe(1);

    expect(await claim(tx)).toMatchObject({
      message_id: first.message_id,
      data: { isRepeat: true },
    });
  });

  test("N4 what is no longer true is superseded: the mail and the message", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aPausedMentor(tx, organization);
    await resolve(tx);
    await record(tx, (await claim(tx))!, "rejected", "550");
    const [, message] = await deliveriesAbout(tx, mentor);
    await tx.query("select app_private.refuse_inbox($1, 'No words.')", [message!.id]);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });
    await tx.query(
      "update app_public.notifications set not_before = 'infinity' where state = 'open'",
    );

    expect(await retry(tx, organization)).toBe(2);
    expect(await claim(tx)).toBeUndefined();
    await writeInbox(tx);

    expect(await deliveriesAbout(tx, mentor)).toMatchObject([
      { channel: "email", state: "superseded", outcome_detail: "The pause has ended." },
      { channel: "in_app", state: "superseded", outcome_detail: "The pause has ended." },
    ]);
    await watch(tx);
    expect(await openAlerts(tx)).toEqual([]);
  });

  test("not what waits, is under way, was sent or superseded", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const set of [
      "state = 'queued'",
      "state = 'retrying', next_attempt_at = now() + interval '1 hour'",
      "state = 'unknown', may_have_arrived = true, next_attempt_at = now() + interval '1 hour'",
      "state = 'sent', sent_at = now(), next_attempt_at = null",
      "state = 'superseded', outcome_detail = 'Gone.', next_attempt_at = null",
    ]) {
      await setDelivery(tx, await aQueuedMail(tx, organization), set);
    }
    await aQueuedMail(tx, organization);
    await claim(tx);
    const before = await tx.query("select * from app_public.notification_deliveries order by id");

    expect(await retry(tx, organization)).toBe(0);

    const after = await tx.query("select * from app_public.notification_deliveries order by id");
    expect(after.rows).toEqual(before.rows);
  });

  test("only in the organisation that was named, and wakes the dispatch", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aSelfPausedMentor(tx, organization);
    await aQueuedMail(tx, organization);
    await record(tx, (await claim(tx))!, "rejected", "550");
    const other = await anOrganization(tx);
    await tx.query("delete from graphile_worker._private_jobs");

    expect(await retry(tx, other)).toBe(0);

    expect(await statesAbout(tx, mentor)).toEqual(["mentor_paused to coordinators: undeliverable"]);
    expect(await wakeUps(tx)).toHaveLength(1);
  });

  test("twice is once", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aQueuedMail(tx, organization);
    await record(tx, (await claim(tx))!, "rejected", "550");

    expect(await retry(tx, organization)).toBe(1);
    expect(await retry(tx, organization)).toBe(0);
  });

  test("with a request id the first answer is repeated, and nothing done", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aQueuedMail(tx, organization);
    await record(tx, (await claim(tx))!, "rejected", "550");
    const request = randomUUID();
    expect(await retry(tx, organization, request)).toBe(1);
    await record(tx, (await claim(tx))!, "rejected", "550");

    expect(await retry(tx, organization, request)).toBe(1);

    expect(await claim(tx)).toBeUndefined();
    const other = await anOrganization(tx);
    expect(await refusal(tx, () => retry(tx, other, request))).toMatchObject({ code: "MNREQ" });
  });
});

describe("who may try again", () => {
  test("coordinators and administrators, of the organisation", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const allowed = [
      await aCoordinator(tx, mentor),
      await aChapterAdministrator(tx, organization, organization.chapterId),
      await anOrganizationAdministrator(tx, organization),
      null,
    ];

    for (const personId of allowed) {
      await actAs(tx, personId);
      expect(await retry(tx, organization)).toBe(0);
    }
  });

  test("neither the mentor, nor a member, nor somebody of another organisation", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const other = await anOrganization(tx);
    const strangers = [
      mentor.personId,
      await aPerson(tx, organization),
      await anOrganizationAdministrator(tx, other),
      await aCoordinator(tx, await aMentor(tx, other)),
    ];

    for (const personId of strangers) {
      await actAs(tx, personId);
      expect(await refusal(tx, () => retry(tx, organization))).toMatchObject({ code: "MNDEN" });
    }
  });

  test.for([randomUUID(), null])(
    "nobody for an organisation that is none: %s",
    async (id, { tx }) => {
      expect(await refusal(tx, () => retry(tx, { id }))).toMatchObject({ code: "MNNOT" });
    },
  );
});

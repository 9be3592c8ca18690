import { describe, expect } from "vitest";
import { type Database, aPause, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  type Claim,
  type DeliveryRow,
  type Failure,
  aQueuedMail,
  attemptsOf,
  claim,
  claimAll,
  deliveryNow,
  gateNow,
  mailsAbout,
  aPausedMentor,
  openAlerts,
  passTime,
  record,
  resolve,
  watch,
} from "../../support/deliveries.ts";
import { call } from "../../support/outcomes.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const aMail = async (db: Database) => await aQueuedMail(db, await anOrganization(db));

/** Claims the mail whatever it waits for, and lets the attempt end so. */
async function attempt(
  db: Database,
  mail: DeliveryRow,
  outcome: "sent" | Failure,
  code: string | null = null,
): Promise<DeliveryRow> {
  await passTime(db);
  const lease = (await claim(db)) as Claim;
  expect(lease.delivery_id).toBe(mail.id);
  expect(await record(db, lease, outcome, code)).toBe(true);
  return await deliveryNow(db, mail.id);
}

describe("N3 a mail that was sent", () => {
  test("is done with", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "temporary", "451");

    const sent = await attempt(tx, mail, "sent");

    expect(sent).toMatchObject({
      state: "sent",
      attempts: 2,
      wait: null,
      error_class: null,
      error_code: null,
      lease_token: null,
    });
    expect(sent["sent_at"]).not.toBeNull();
    await passTime(tx);
    expect(await claim(tx)).toBeUndefined();
  });

  test("and every attempt is logged with what the server said", async ({ tx }) => {
    const mail = await aMail(tx);
    await record(tx, (await claim(tx))!, "temporary", "451", "Greylisted");
    await attempt(tx, mail, "sent");

    expect(await attemptsOf(tx, mail.id)).toEqual([
      { attempt: 1, outcome: "temporary", code: "451", response: "Greylisted" },
      { attempt: 2, outcome: "sent", code: null, response: null },
    ]);
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ attempts: 2 });
  });
});

const BACK_OFF: { failure: Failure; waits: number[] }[] = [
  {
    failure: "temporary",
    waits: [5, 10, 20, 40, 80, 160, 240, 240].map((minutes) => minutes * MINUTE),
  },
  { failure: "mailbox_full", waits: [1, 2, 4, 8, 16, 24, 24].map((hours) => hours * HOUR) },
  { failure: "connection", waits: [0, 0, 0, 0, 0, 0] },
  { failure: "login", waits: [0, 0, 0] },
];

describe("a failure that may pass is waited for", () => {
  test.for(BACK_OFF)("$failure: $waits seconds", async ({ failure, waits }, { tx }) => {
    const mail = await aMail(tx);

    for (const wait of waits) {
      expect(await attempt(tx, mail, failure)).toMatchObject({
        state: "retrying",
        error_class: failure,
        may_have_arrived: false,
        wait,
      });
    }
  });

  test("each class by itself: a full mailbox is not the third greylisting", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "temporary");
    await attempt(tx, mail, "connection");
    await attempt(tx, mail, "temporary");

    expect(await attempt(tx, mail, "mailbox_full")).toMatchObject({ wait: HOUR });
    expect(await attempt(tx, mail, "temporary")).toMatchObject({ wait: 20 * MINUTE });
  });

  test("however often: after very many the wait is the longest", async ({ tx }) => {
    const mail = await aMail(tx);
    await tx.query(
      `insert into app_public.notification_attempts (delivery_id, attempt, outcome, began_at)
       select $1, attempt, 'mailbox_full', now() from generate_series(1000, 3000) as attempt`,
      [mail.id],
    );

    expect(await attempt(tx, mail, "mailbox_full")).toMatchObject({ wait: DAY });
  });
});

describe("N3 a mail that may have arrived", () => {
  test("is repeated after a quarter of an hour, twice, and says so", async ({ tx }) => {
    const mail = await aMail(tx);
    const first = (await claim(tx))!;
    expect(first.data["isRepeat"]).toBe(false);
    await record(tx, first, "ambiguous", "ECONNRESET");
    expect(await deliveryNow(tx, mail.id)).toMatchObject({
      state: "unknown",
      may_have_arrived: true,
      wait: 15 * MINUTE,
    });

    await passTime(tx);
    const second = (await claim(tx))!;
    expect(second).toMatchObject({ message_id: first.message_id, data: { isRepeat: true } });
    await record(tx, second, "ambiguous");
    expect(await attempt(tx, mail, "ambiguous")).toMatchObject({
      state: "unknown",
      wait: null,
      attempts: 3,
    });

    await passTime(tx);
    expect(await claim(tx)).toBeUndefined();
  });

  test("and is refused later, stays unknown", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "ambiguous");

    expect(await attempt(tx, mail, "rejected", "550")).toMatchObject({
      state: "unknown",
      wait: null,
      may_have_arrived: true,
    });
  });

  test("and is greylisted later, is still a repeat", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "ambiguous");

    expect(await attempt(tx, mail, "temporary")).toMatchObject({
      state: "retrying",
      may_have_arrived: true,
    });
    await passTime(tx);
    expect((await claim(tx))!.data).toMatchObject({ isRepeat: true });
  });

  test("and arrives for certain, is sent", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "ambiguous");

    expect(await attempt(tx, mail, "sent")).toMatchObject({ state: "sent", attempts: 2 });
  });
});

/** The alert about who was to get a mail. */
const alert = ({ recipient_id: id }: DeliveryRow) => [`recipient_unreachable ${id}`];

describe("a mail that is refused for good", () => {
  test("is given up at once, and alerts", async ({ tx }) => {
    const mail = await aMail(tx);

    expect(await attempt(tx, mail, "rejected", "550")).toMatchObject({
      state: "undeliverable",
      wait: null,
      error_class: "rejected",
    });
    expect((await deliveryNow(tx, mail.id)).outcome_detail).toContain("550");
    expect(await openAlerts(tx)).toEqual(alert(mail));
  });

  test("alerts until it is sent, also while it is tried again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mail = await aQueuedMail(tx, organization);
    await attempt(tx, mail, "rejected", "550");
    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alert(mail));

    await tx.query("select app_public.retry_undelivered_notifications($1)", [organization.id]);
    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alert(mail));
    const lease = (await claim(tx))!;
    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alert(mail));
    await record(tx, lease, "sent");
    await watch(tx);

    expect(await openAlerts(tx)).toEqual([]);
  });

  test("alerts also if an earlier attempt may have arrived", async ({ tx }) => {
    const mail = await aMail(tx);
    await attempt(tx, mail, "ambiguous");
    await attempt(tx, mail, "rejected", "550");

    await watch(tx);

    expect(await openAlerts(tx)).toEqual(alert(mail));
  });

  test("alerts once for a person, until none of several is left", async ({ tx }) => {
    const mentor = await aPausedMentor(tx, await anOrganization(tx));
    await aPause(tx, mentor, { cause: "certification", certificationId: mentor.certificationId });
    await resolve(tx);
    const mails = await mailsAbout(tx, mentor);
    const mine = mails.filter(({ recipient_id: id }) => id === mentor.personId);
    expect(mine).toHaveLength(2);
    for (const one of await claimAll(tx)) await record(tx, one, "rejected", "550");
    expect(await openAlerts(tx)).toContain(`recipient_unreachable ${mentor.personId}`);

    await call(tx, "retry_undelivered_notifications", { organization_id: mentor.organizationId });
    await record(tx, (await claim(tx))!, "sent");
    await watch(tx);
    expect(await openAlerts(tx)).toContain(`recipient_unreachable ${mentor.personId}`);
    await record(tx, (await claim(tx))!, "sent");
    await watch(tx);

    expect(await openAlerts(tx)).not.toContain(`recipient_unreachable ${mentor.personId}`);
  });
});

test("a night of refused connections burns no mail; then everything goes", async ({ tx }) => {
  const organization = await anOrganization(tx);
  const mentors = [];
  for (let count = 0; count < 5; count += 1) mentors.push(await aPausedMentor(tx, organization));
  await resolve(tx);

  // 40 attempts of at most a quarter of an hour each: a night.
  for (let count = 0; count < 40; count += 1) {
    await passTime(tx);
    const claims = await claimAll(tx);
    // Five places at first; then one alone tries.
    expect(claims).toHaveLength(count === 0 ? 5 : 1);
    for (const one of claims) {
      await record(tx, one, count % 2 ? "connection" : "login", "ECONNREFUSED");
    }
  }
  expect(await gateNow(tx)).toMatchObject({ failures: 40, pause: 900 });

  await passTime(tx);
  await record(tx, (await claim(tx))!, "sent");
  for (const one of await claimAll(tx)) await record(tx, one, "sent");

  for (const mentor of mentors) {
    expect(await mailsAbout(tx, mentor)).toMatchObject([
      { state: "sent", may_have_arrived: false },
    ]);
  }
  expect(await openAlerts(tx)).toEqual([]);
});

test("an outcome that is none is refused, and the lease stays", async ({ tx }) => {
  await aMail(tx);
  const lease = (await claim(tx))!;
  await tx.query("savepoint before");

  await expect(record(tx, lease, "lost" as Failure)).rejects.toMatchObject({
    code: "23514",
    constraint: "notification_attempts_outcome_is_known",
  });

  await tx.query("rollback to savepoint before");
  expect(await record(tx, lease, "sent")).toBe(true);
});

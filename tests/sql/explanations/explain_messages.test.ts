import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  addDays,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { explain, sentence, sentences } from "../../support/explanations.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { call } from "../../support/outcomes.ts";

const AT = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;

interface Claimed {
  delivery_id: string;
  lease_token: string;
}

/** A mentor who is reminded by the night of TODAY, whose message has not been handed over yet. */
async function aReminded(tx: Database, settings: Record<string, unknown> = {}): Promise<Mentor> {
  const organization = await anOrganization(tx, { settings });
  const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
  await tx.query(
    `update app_public.notifications
     set state = 'superseded', settled_at = created_at, outcome_detail = 'Before this story.'
     where state = 'open'`,
  );
  await runNight(tx, organization.id, TODAY);
  return mentor;
}

async function handOver(tx: Database): Promise<void> {
  await tx.query("select app_private.resolve_notifications()");
}

async function claim(tx: Database): Promise<Claimed | undefined> {
  const { rows } = await tx.query<Claimed>(
    "select c.delivery_id, c.lease_token from app_private.claim_delivery('example.org') as c",
  );
  return rows[0];
}

/** Tries the mail that is due and records how it ended. */
async function attempt(
  tx: Database,
  outcome: string,
  code: string | null = null,
  response: string | null = null,
): Promise<void> {
  const claimed = await claim(tx);
  if (claimed === undefined) throw new Error("no mail is due");
  await tx.query("select app_private.record_delivery($1, $2, $3, $4, $5)", [
    claimed.delivery_id,
    claimed.lease_token,
    outcome,
    code,
    response,
  ]);
}

/** What is said about the delivery over a channel. */
async function delivery(tx: Database, mentor: Mentor, channel = "e-mail"): Promise<string> {
  const rows = await explain(tx, mentor, TODAY, "delivery");
  return rows
    .filter(({ subject }) => subject.startsWith(channel))
    .map(({ verdict, code, explanation }) => `${verdict} ${code}: ${explanation}`)
    .join("\n");
}

describe("N5 a message", () => {
  test("waits to be handed over", async ({ tx }) => {
    const mentor = await aReminded(tx);

    expect(await sentence(tx, mentor, TODAY, "message")).toMatch(
      new RegExp(
        `^waiting open: Certification "Course.*" expires on 2026-04-14; the threshold of 30 days is reached\\. It has been waiting to be handed over to its recipients since ${AT}\\.$`,
      ),
    );
    expect(await explain(tx, mentor, TODAY, "message")).toMatchObject([
      {
        subject: expect.stringMatching(
          /^certification reminder "Course.*" to the mentor$/,
        ) as string,
        certification_id: mentor.certificationId,
        notification_id: expect.any(String) as string,
        nightly_run_id: expect.any(String) as string,
      },
    ]);
  });

  test("waits until an instant", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await tx.query(
      "update app_public.notifications set not_before = '2026-03-20 08:00 Europe/Oslo' where state = 'open'",
    );

    expect(await sentence(tx, mentor, TODAY, "message")).toMatch(
      / It waits until 2026-03-20 08:00\.$/,
    );
    expect(await sentence(tx, mentor, "2026-03-20", "message")).toMatch(
      / It waits until 2026-03-20 08:00\.$/,
    );
    expect(await sentence(tx, mentor, "2026-03-21", "message")).toBe("");
  });

  test("is handed over, and followed by its deliveries", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);

    const rows = await explain(tx, mentor, TODAY);

    expect(rows.slice(-3).map(({ topic, verdict, code }) => ({ topic, verdict, code }))).toEqual([
      { topic: "message", verdict: "done", code: "dispatched" },
      { topic: "delivery", verdict: "waiting", code: "queued" },
      { topic: "delivery", verdict: "waiting", code: "queued" },
    ]);
    expect(rows.at(-1)).toMatchObject({
      subject: "inbox to the mentor",
      explanation: expect.stringMatching(
        `^To the person ${mentor.personId}\\. It is about this person\\.`,
      ) as string,
      notification_id: rows.at(-3)!.notification_id,
      delivery_id: expect.any(String) as string,
    });
    expect(rows.at(-3)!.explanation).toMatch(
      new RegExp(`It was handed over to its recipients at ${AT}\\.$`),
    );
  });

  test("N4 is said to be out of date, before and after it is found so", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await call(tx, "revoke_certification", {
      certification_id: mentor.certificationId,
      reason: "Private words",
    });

    const waiting = (await sentences(tx, mentor, TODAY, "message"))[0];
    await handOver(tx);
    const settled = (await sentences(tx, mentor, TODAY, "message"))[0];

    expect(waiting).toMatch(/^waiting open: .* not going to be: The certification was revoked\.$/);
    expect(settled).toMatch(
      new RegExp(
        `^not_done superseded: .* At ${AT} it was found out of date and not sent: The certification was revoked\\.$`,
      ),
    );
  });

  test("N2 has nobody to be told", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
    await runNight(tx, organization.id, TODAY);
    await handOver(tx);

    expect(
      (await sentences(tx, mentor, TODAY, "message")).filter((text) => text.startsWith("failed")),
    ).toEqual([
      expect.stringMatching(
        /^failed undeliverable: .* nobody was found to be told: There is nobody to tell about the mentor .*$/,
      ),
    ]);
  });

  test("of an assignment names its key and the step", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await tx.query(
      `insert into app_public.assignments
         (organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on)
       values ($1, $2, 'A-7', 'C-7', '2025-01-01', $3)`,
      [mentor.organizationId, mentor.id, addDays(TODAY, -60)],
    );
    await aCoordinator(tx, mentor);
    await runNight(tx, mentor.organizationId, TODAY);

    const rows = await explain(tx, mentor, TODAY, "message");

    expect(rows.map(({ subject }) => subject)).toContain(
      'assignment quiet "A-7" to the coordinators',
    );
  });

  test("of another day is not told of", async ({ tx }) => {
    const mentor = await aReminded(tx);

    expect(await explain(tx, mentor, addDays(TODAY, -1), "message")).toEqual([]);
  });
});

describe("N5 a delivery", () => {
  test("N1 says why this person: the mentor, a coordinator, an administrator", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
    const administrator = await aChapterAdministrator(tx, organization, mentor.chapterId);
    await runNight(tx, organization.id, TODAY);
    await handOver(tx);

    const rows = await explain(tx, mentor, TODAY, "delivery");

    expect(rows.map(({ subject }) => subject)).toContain("e-mail to the chapter administrator");
    const told = rows.map(({ explanation }) => explanation).join("\n");
    expect(told).toMatch(new RegExp(`To the person ${administrator}\\. Administrator`));
    expect(told).toMatch(/It is about this person\. It has not been tried yet, and is due at /);
    expect(told).toMatch(
      /Administrator of the chapter; on 2026-03-15 nobody else coordinates the mentor\./,
    );
  });

  test("was taken over by the mail server, with its Message-ID", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await attempt(tx, "sent");

    expect(await delivery(tx, mentor)).toMatch(
      new RegExp(
        `^done sent: To the person ${mentor.personId}\\. It is about this person\\. The mail server took it over at ${AT}\\. Attempts: 1\\. Message-ID <[\\da-f-]{36}@example\\.org>\\.$`,
      ),
    );
  });

  test("is under way", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await claim(tx);

    expect(await delivery(tx, mentor)).toMatch(
      /^waiting sending: .* It is being handed to the mail server since /,
    );
  });

  test("is tried again, with the server's answer and without an address in it", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await attempt(tx, "mailbox_full", "452 4.2.2", "452 4.2.2 <kari@example.org> is full");

    const said = await delivery(tx, mentor);

    expect(said).toMatch(/^waiting retrying: .* It is tried again at /);
    expect(said).toMatch(
      /Attempts: 1\. The latest answer: mailbox_full, 452 4\.2\.2, 452 4\.2\.2 <…> is full\./,
    );
  });

  test("was refused for good", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await attempt(tx, "rejected", "550 5.1.1", "550 no such user");

    expect(await delivery(tx, mentor)).toMatch(
      /^failed undeliverable: .* It is refused for good \(550 5\.1\.1\)\./,
    );
  });

  test("N3 may have arrived and is repeated; the third time it is left so", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    const due = () =>
      tx.query(
        `update app_public.notification_deliveries set next_attempt_at = now()
         where channel = 'email' and next_attempt_at is not null;
         update app_private.delivery_gates set closed_since = null, closed_until = null,
           failed_at = null, failures = 0, error_class = null`,
      );
    await attempt(tx, "ambiguous", "TIMEOUT");

    expect(await delivery(tx, mentor)).toMatch(
      /^waiting unknown: .* It may have arrived; it is sent again at .* the repeat says so and has the same Message-ID\./,
    );
    for (let repeat = 1; repeat <= 2; repeat += 1) {
      await due();
      await attempt(tx, "ambiguous", "TIMEOUT");
    }

    expect(await delivery(tx, mentor)).toMatch(
      /^unknown unknown: .* It may have arrived, and is not sent again\. Attempts: 3\. The latest answer: ambiguous, TIMEOUT\./,
    );
  });

  test("waits for the end of the quiet hours", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await tx.query(
      `update app_public.organization_settings
       set quiet_from = ((now() - interval '1 hour') at time zone 'Europe/Oslo')::time,
           quiet_until = ((now() + interval '1 hour') at time zone 'Europe/Oslo')::time
       where organization_id = $1`,
      [mentor.organizationId],
    );
    await handOver(tx);

    expect(await claim(tx)).toBeUndefined();
    expect(await delivery(tx, mentor)).toMatch(
      /^waiting queued: .* is due at .*\. It waits for the end of the quiet hours\.$/,
    );
  });

  test("waits for the next day when the daily cap is reached", async ({ tx }) => {
    const mentor = await aReminded(tx, { daily_mail_cap: 1 });
    await tx.query(
      `insert into app_public.assignments
         (organization_id, mentor_id, assignment_key, client_reference, opened_on, last_contact_on)
       values ($1, $2, 'A-7', 'C-7', '2025-01-01', $3)`,
      [mentor.organizationId, mentor.id, addDays(TODAY, -45)],
    );
    await runNight(tx, mentor.organizationId, TODAY);
    await handOver(tx);
    await attempt(tx, "sent");

    expect(await claim(tx)).toBeUndefined();
    expect(await delivery(tx, mentor)).toMatch(
      /waiting queued: .* The person has had as many mails that day as the settings allow; it waits for the next day\./,
    );
  });

  test.for([
    {
      outcome: "connection",
      says: /The mail server has been out of reach since .* \(ECONNREFUSED\); it is asked again at /,
    },
    {
      outcome: "login",
      says: /The mail server has refused the login since .* \(ECONNREFUSED\); it is asked again at /,
    },
  ])("waits for a mail server: $outcome", async ({ outcome, says }, { tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await attempt(tx, outcome, "ECONNREFUSED");

    expect(await delivery(tx, mentor)).toMatch(says);
    expect(await delivery(tx, mentor, "inbox")).not.toMatch(says);
  });

  test("is in the inbox, and is read", async ({ tx }) => {
    const mentor = await aReminded(tx);
    await handOver(tx);
    await tx.query(
      `select app_private.write_inbox(array_agg(u.delivery_id), array_agg('Subject'::text),
         array_agg('Body'::text))
       from app_private.unwritten_inbox() as u`,
    );
    expect(await delivery(tx, mentor, "inbox")).toMatch(
      new RegExp(`^done sent: .* Put into the inbox at ${AT}; not read yet\\.$`),
    );
    await tx.query("select set_config('mentor_lifecycle.person_id', $1, true)", [mentor.personId]);
    await tx.query("select app_public.mark_as_read(i.id) from app_public.inbox() as i");

    expect(await delivery(tx, mentor, "inbox")).toMatch(/; read at 2026-03-15 12:00\.$/);
  });

  test("N1 was for somebody who is no longer to be told", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
    const coordinatorId = await aCoordinator(tx, mentor);
    await runNight(tx, organization.id, TODAY);
    await handOver(tx);
    await tx.query("delete from app_public.coordinator_assignments where coordinator_id = $1", [
      coordinatorId,
    ]);
    await claim(tx);
    await claim(tx);

    expect(await delivery(tx, mentor)).toMatch(
      /not_done superseded: .* This person is no longer the one to be told\./,
    );
  });
});

test("a clock that was set back between writing and sending does not keep it from answering", async ({
  tx,
}) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
  await runNight(tx, organization.id, TODAY);
  await handOver(tx);
  await tx.query(`update app_public.notifications set created_at = settled_at + interval '1 hour'`);
  await tx.query(
    `select app_private.write_inbox(array_agg(u.delivery_id), array_agg('Subject'::text),
       array_agg('Body'::text))
     from app_private.unwritten_inbox() as u`,
  );
  await tx.query(
    `update app_public.notification_deliveries set created_at = sent_at + interval '1 hour'
     where channel = 'in_app'`,
  );

  const { rows } = await tx.query(
    "select e.topic from app_public.explain_mentor($1, $2) as e where e.topic = 'status'",
    [mentor.id, addDays(TODAY, 1)],
  );
  // The status, and the pause that it follows from.
  expect(rows).toHaveLength(2);
});

import { simpleParser } from "mailparser";
import { describe, expect, vi } from "vitest";
import type { Database } from "../../../worker/notifications/ledger.ts";
import { aCoordinator } from "../../support/builders.ts";
import { test } from "../../support/notifications.ts";

function speaking(locale: string | null) {
  return { locale, email: `${locale}@example.org` };
}

describe("N5: what arrives", () => {
  test("is one mail, byte for byte as mail servers and readers want it", async ({ mail }) => {
    await mail.pause(
      await mail.aMentor({ person: { full_name: "Åse Ødegård", email: "ase@example.org" } }),
    );

    const { told, ...summary } = await mail.dispatch();

    expect(summary).toMatchObject({ resolved: 1, inbox: 1, sent: 1, failed: 0, unspeakable: [] });
    const [delivery] = await mail.emails();
    const [caught] = mail.catcher.messages;
    expect(mail.catcher.messages).toHaveLength(1);
    expect(told).toMatchObject([{ deliveryId: delivery!.id, outcome: "sent" }]);
    expect(caught!.envelope).toEqual({ from: "likeperson@hlf.no", to: ["ase@example.org"] });
    const source = caught!.raw.toString("latin1");
    const head = source.split("\r\n\r\n", 1)[0]!.replaceAll(/\r\n[ \t]/g, " ");
    const lines = head
      .split("\r\n")
      .filter((line) => !/^(Date|Content-Type|MIME-Version):/.test(line));
    expect(lines.toSorted()).toEqual([
      "Auto-Submitted: auto-generated",
      "Content-Language: nb",
      "From: HLF likepersoner <likeperson@hlf.no>",
      'List-ID: "Peer mentors" <hlf.hlf.no>',
      `Message-ID: <${delivery!.id}@hlf.no>`,
      "Subject: =?UTF-8?Q?Du_er_satt_p=C3=A5_pause_som_likeperson?=",
      "To: =?UTF-8?Q?=C3=85se_=C3=98deg=C3=A5rd?= <ase@example.org>",
      "X-Auto-Response-Suppress: All",
    ]);
    expect(source).toMatch(/^[\r\n -~]*$/);
    expect(source.match(/^Content-Type: text\/(plain|html); charset=utf-8\r$/gm)).toHaveLength(2);
    const parsed = await simpleParser(caught!.raw);
    expect(parsed.text).toMatch(/^Hei, Åse Ødegård\n\nEn koordinator har satt deg på pause/);
    expect(parsed.html).toMatch(/^<!DOCTYPE html>\n<html lang="nb">/);
    expect(JSON.stringify(parsed)).not.toContain("Needs a rest");
  });

  test("is in the inbox in the same words", async ({ mail }) => {
    await mail.paused(1);

    await mail.dispatch();

    const [row] = await mail.inbox();
    const [caught] = mail.catcher.messages;
    expect(row).toMatchObject({ state: "sent", subject: caught!.subject, body: caught!.text });
  });

  test("is in the recipient's language, else in the organisation's", async ({ mail }) => {
    await mail.pause(
      await mail.aMentor({ person: speaking("nn") }),
      await mail.aMentor({ person: speaking("en") }),
      await mail.aMentor({ person: speaking(null) }),
    );
    await mail.pool.query("update app_public.organizations set locale = 'nn'");
    await mail.pause(await mail.aMentor({ person: speaking("nb") }));

    await mail.dispatch();

    const subjects = mail.catcher.messages.map(({ envelope, subject }) => [
      envelope.to[0],
      subject,
    ]);
    expect(Object.fromEntries(subjects)).toEqual({
      "nn@example.org": "Du er sett på pause som likeperson",
      "en@example.org": "You are paused as a peer mentor",
      "null@example.org": "Du er sett på pause som likeperson",
      "nb@example.org": "Du er satt på pause som likeperson",
    });
    const source = mail.catcher.messages.find(
      ({ envelope }) => envelope.to[0] === "nn@example.org",
    );
    expect(source!.raw.toString()).toContain("Content-Language: nn\r\n");
  });
});

describe("N3: once", () => {
  test("running everything again sends nothing", async ({ mail }) => {
    await mail.paused(3);
    await mail.dispatch();

    await mail.passTime();
    const again = await mail.dispatch();

    expect(again).toMatchObject({ resolved: 0, inbox: 0, sent: 0, failed: 0, recovered: 0 });
    expect(mail.catcher.messages).toHaveLength(3);
  });

  test("two dispatchers at once send each mail once", async ({ mail }) => {
    await mail.paused(40);

    const [one, other] = await Promise.all([mail.dispatch(), mail.dispatch(mail.aDispatcher())]);

    expect(one.sent + other.sent).toBe(40);
    expect(one.inbox + other.inbox).toBe(40);
    expect(new Set(mail.arrived()).size).toBe(40);
    expect(mail.catcher.messages).toHaveLength(40);
  });

  test("jobs that ask at once share the places of one drain", async ({ mail }) => {
    await mail.paused(20);

    await Promise.all([1, 2, 3, 4].map(() => mail.dispatch()));

    expect(mail.catcher.messages).toHaveLength(20);
    expect(mail.catcher.connections).toBeLessThanOrEqual(5);
  });

  test("a mail that gets no answer does not keep those that come later waiting", async ({
    mail,
  }) => {
    const { promise: met, resolve } = Promise.withResolvers<void>();
    mail.catcher.inject({ effect: "hang", stage: "rcpt", onMet: resolve });
    await mail.paused(1);
    const first = mail.dispatch();
    await met;

    await mail.paused(1);
    await mail.dispatch();

    await expect.poll(() => mail.catcher.messages.length).toBe(1);
    await mail.catcher.stop();
    expect(await first).toMatchObject({ sent: 1, failed: 1 });
  });

  test("who hears of a lease too late sends nothing, and gives it back", async ({ mail }) => {
    await mail.paused(1);
    const realNow = Date.now;
    let late = 0;
    const now = vi.spyOn(Date, "now").mockImplementation(() => realNow() + late);
    const frozen: Database = {
      query: async (text: string, values?: unknown[]) => {
        const answer = await mail.pool.query(text, values);
        if (text.includes("claim_delivery") && answer.rows.length > 0) late += 31_000;
        return answer;
      },
    };

    const summary = await mail.aDispatcher().dispatch(frozen);
    now.mockRestore();

    expect(summary).toMatchObject({ released: 1, sent: 0 });
    expect(mail.arrived()).toEqual([]);
    expect(await mail.emails()).toMatchObject([{ state: "retrying", may_have_arrived: false }]);
    await mail.dispatch();
    expect(mail.arrived()).toHaveLength(1);
    expect(mail.catcher.messages[0]!.text).not.toContain("gjentakelse");
  });

  test("who has lost the lease records nothing, and says so", async ({ mail }) => {
    await mail.paused(1);
    const { promise: met, resolve } = Promise.withResolvers<void>();
    mail.catcher.inject({ effect: "slow", stage: "data", delayMs: 300, onMet: resolve });
    const slow = mail.dispatch();
    await met;
    await mail.passTime();

    const other = await mail.dispatch(mail.aDispatcher());

    expect(other).toMatchObject({ recovered: 1, sent: 1 });
    expect(await slow).toMatchObject({ sent: 0, lost: 1 });
    expect(await mail.attempts()).toMatchObject([{ outcome: "interrupted" }, { outcome: "sent" }]);
    const [delivery] = await mail.emails();
    expect(mail.arrived()).toEqual([delivery!.message_id, delivery!.message_id]);
    const texts = mail.catcher.messages.map(({ text }) => text);
    expect(texts.filter((text) => /kan være en gjentakelse/.test(text))).toHaveLength(1);
  });
});

describe("N1: who is told is found when it is told", () => {
  test("a coordinator who came after the cause", async ({ mail }) => {
    const mentor = await mail.aMentor({ person: { auth_subject: "mentor" } });
    const old = await mail.act((client) => aCoordinator(client, mentor));
    await mail.act(async (client) => {
      await client.query("select set_config('mentor_lifecycle.person_id', $1, true)", [
        mentor.personId,
      ]);
      await client.query("select from app_public.pause_mentor($1, 'Needs a rest')", [mentor.id]);
    });
    const successor = await mail.act(async (client) => {
      await client.query("delete from app_public.coordinator_assignments where mentor_id = $1", [
        mentor.id,
      ]);
      return await aCoordinator(client, mentor);
    });

    await mail.dispatch();

    const { rows } = await mail.pool.query<{ id: string; email: string }>(
      "select p.id, p.email from app_public.people as p where p.id = any ($1::uuid[])",
      [[old, successor]],
    );
    expect(mail.catcher.messages.map(({ envelope }) => envelope.to)).toEqual([
      [rows.find(({ id }) => id === successor)!.email],
    ]);
    expect(await mail.inbox()).toMatchObject([{ recipient_role: "coordinator", state: "sent" }]);
  });
});

/** Lets the database tell something about the mentor with the key odd that no letter knows. */
const NONSENSE = `
  create or replace function app_private.pause_data(notification app_public.notifications)
  returns jsonb language sql stable as $$
    select '{"pauseCause": "coordinator", "why": {"code": "pause_started", "on": "2026-03-15"}}'
      || case m.mentor_key when 'odd' then '{"why": {"code": "full_moon"}}' else '{}' end::jsonb
    from app_public.mentors as m
    where m.id = notification.mentor_id
  $$`;

describe("what cannot be put into words", () => {
  test("is given up with a code, in mail and inbox, and the others go on", async ({ mail }) => {
    await mail.pool.query(NONSENSE);
    await mail.pause(await mail.aMentor({ mentorKey: "odd" }), await mail.aMentor());

    const { told, ...summary } = await mail.dispatch();
    const again = await mail.dispatch();

    expect(summary).toMatchObject({ sent: 1, failed: 1, inbox: 1 });
    expect(summary.unspeakable).toHaveLength(1);
    expect(told).toContainEqual(
      expect.objectContaining({ result: expect.objectContaining({ code: "ERENDER" }) }),
    );
    expect(again).toMatchObject({ sent: 0, failed: 0, inbox: 0, unspeakable: [] });
    expect((await mail.emails()).map(({ state }) => state).toSorted()).toEqual([
      "sent",
      "undeliverable",
    ]);
    expect((await mail.inbox()).map(({ state }) => state).toSorted()).toEqual([
      "sent",
      "undeliverable",
    ]);
    expect(await mail.attempts()).toContainEqual(
      expect.objectContaining({ outcome: "rejected", code: "ERENDER" }),
    );
  });
});

describe("X3: whatever people have entered", () => {
  test("line breaks in a name reach no header, and the mail arrives", async ({ mail }) => {
    const evil = "Kari\u2028Bcc: evil@example.org\u2029Nordmann";
    await mail.pause(
      await mail.aMentor({ person: { full_name: evil, email: "kari@example.org" } }),
    );
    await mail.pool.query("update app_public.organizations set name = $1", [`HLF\u2028Oslo`]);

    await mail.dispatch();

    const [caught] = mail.catcher.messages;
    expect(caught!.envelope.to).toEqual(["kari@example.org"]);
    const parsed = await simpleParser(caught!.raw);
    expect(parsed.headers.has("bcc")).toBe(false);
    expect(parsed.text).toMatch(/^Hei, Kari Bcc: evil@example.org Nordmann\n/);
    expect(caught!.raw.toString().toLowerCase()).not.toMatch(/e2=80=a8|\u2028/);
  });

  test.for(["Kari\r\nBcc: evil@example.org", "Kari\nNordmann"])(
    "%j is no name",
    async (full_name, { mail }) => {
      await expect(mail.aMentor({ person: { full_name } })).rejects.toMatchObject({
        constraint: "label_has_no_control_characters",
      });
    },
  );

  test("two addresses in one field are none", async ({ mail }) => {
    const email = "kari@example.org, evil@example.org";
    await expect(mail.aMentor({ person: { email } })).rejects.toMatchObject({
      constraint: "people_email_is_one_address",
    });
    await mail.pool.query(
      "alter table app_public.people drop constraint people_email_is_one_address",
    );
    await mail.pause(await mail.aMentor({ person: { email } }));

    const summary = await mail.dispatch();

    expect(summary).toMatchObject({ sent: 0, failed: 1, inbox: 1 });
    expect(mail.catcher.connections).toBe(0);
    expect(await mail.emails()).toMatchObject([
      { state: "undeliverable", error_class: "rejected", error_code: "EADDRESS" },
    ]);
  });
});

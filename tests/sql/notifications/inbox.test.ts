import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  actAs,
  anOrganization,
  setClock,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  deliveriesAbout,
  deliveryNow,
  resolve,
  setDelivery,
  writeInbox,
} from "../../support/deliveries.ts";
import { call, refusal } from "../../support/outcomes.ts";
import { withSessions } from "../../support/sessions.ts";

/** A mentor whose message has not been put into the inbox yet. */
async function unwritten(db: Database) {
  const mentor = await aPausedMentor(db, await anOrganization(db));
  await resolve(db);
  const [, message] = await deliveriesAbout(db, mentor);
  return { mentor, message: message! };
}

/** A message in the inbox of a mentor. */
async function written(db: Database) {
  const { mentor, message } = await unwritten(db);
  await writeInbox(db);
  return { mentor, message };
}

const write = async (db: Database, ids: string[], subjects: (string | null)[] | null) => {
  const { rows } = await db.query<{ count: number }>(
    "select app_private.write_inbox($1, $2, $2) as count",
    [ids, subjects],
  );
  return rows[0]!.count;
};

const inbox = async (db: Database, unreadOnly = false) => {
  const { rows } = await db.query("select id, read_at from app_public.inbox($1)", [unreadOnly]);
  return rows;
};

describe("N5 what is put into the inbox", () => {
  test("has the words that were given, once", async ({ tx }) => {
    const { message } = await unwritten(tx);

    expect(await write(tx, [message.id], ["Hello"])).toBe(1);
    expect(await write(tx, [message.id], ["Again"])).toBe(0);

    expect(await deliveryNow(tx, message.id)).toMatchObject({
      state: "sent",
      subject: "Hello",
      body: "Hello",
      attempts: 1,
      wait: null,
    });
    expect(await writeInbox(tx)).toBe(0);
  });

  test("is never a mail, nor what nobody knows", async ({ tx }) => {
    const { mentor } = await unwritten(tx);
    const [mail] = await deliveriesAbout(tx, mentor);

    expect(await write(tx, [mail!.id, randomUUID()], ["Hello", "Hello"])).toBe(0);
    expect(await write(tx, [], [])).toBe(0);
    expect(await write(tx, [], null)).toBe(0);
  });

  test("has words", async ({ tx }) => {
    const { message } = await unwritten(tx);

    expect(await refusal(tx, () => write(tx, [message.id], [null]))).toMatchObject({
      constraint: "notification_deliveries_the_inbox_has_words",
    });
  });

  test("is what the letter is made of, oldest first and no more than was asked for", async ({
    tx,
  }) => {
    const { message: late } = await unwritten(tx);
    const { message: early } = await unwritten(tx);
    await setDelivery(tx, early, "next_attempt_at = now() - interval '1 second'");
    const ask = async (size: number | null) => {
      const { rows } = await tx.query("select * from app_private.unwritten_inbox($1)", [size]);
      return rows.map(({ delivery_id, data }) => ({ delivery_id, kind: data.kind }));
    };

    expect(await ask(1)).toEqual([{ delivery_id: early.id, kind: "mentor_paused" }]);
    expect(await ask(null)).toMatchObject([{ delivery_id: early.id }, { delivery_id: late.id }]);
    expect(await ask(0)).toEqual([]);
  });

  test("N4 what is no longer true makes room for what is", async ({ tx }) => {
    const { mentor } = await unwritten(tx);
    await setDelivery(tx, "all", "next_attempt_at = now() - interval '1 hour'");
    const { message } = await unwritten(tx);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    const { rows } = await tx.query("select delivery_id from app_private.unwritten_inbox(1)");

    expect(rows).toEqual([{ delivery_id: message.id }]);
  });

  test("that cannot be put into words is given up, with the reason, and only that", async ({
    tx,
  }) => {
    const { message } = await unwritten(tx);
    const { message: other } = await unwritten(tx);

    await tx.query("select app_private.refuse_inbox($1, 'No words.')", [message.id]);

    expect(await deliveryNow(tx, message.id)).toMatchObject({
      state: "undeliverable",
      outcome_detail: "No words.",
    });
    expect(await writeInbox(tx)).toBe(1);
    await tx.query("select app_private.refuse_inbox($1, 'No words.')", [other.id]);
    expect(await deliveryNow(tx, other.id)).toMatchObject({ state: "sent" });
  });

  test("by two processes at once: whatever the order, once, and none waits", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      const ids = await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        for (let count = 0; count < 3; count += 1) await aPausedMentor(observer, organization);
        await resolve(observer);
        const { rows } = await observer.query<{ id: string }>(
          "select id from app_public.notification_deliveries where channel = 'in_app'",
        );
        return rows.map(({ id }) => id);
      });
      await other!.client.query("set lock_timeout = '5s'");
      await one!.client.query("begin");
      expect(await write(one!.client, ids.slice(0, 2), ["One", "One"])).toBe(2);

      expect(await write(other!.client, ids.toReversed(), ["Two", "Two", "Two"])).toBe(1);
      await one!.client.query("commit");

      const { rows } = await observer.query<{ subject: string }>(
        "select subject from app_public.notification_deliveries where channel = 'in_app'",
      );
      expect(rows.map(({ subject }) => subject).toSorted()).toEqual(["One", "One", "Two"]);
    });
  });
});

describe("N5 the inbox", () => {
  test("shows one's own messages, newest first", async ({ tx }) => {
    const { mentor, message: older } = await written(tx);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });
    await resolve(tx);
    await writeInbox(tx);
    await written(tx);
    await actAs(tx, mentor.personId);

    const messages = await inbox(tx);

    expect(messages).toHaveLength(2);
    expect(messages[1]!.id).toBe(older.id);
  });

  test("shows nothing that is not written yet, and no mail", async ({ tx }) => {
    const { mentor } = await unwritten(tx);
    await setDelivery(
      tx,
      (await deliveriesAbout(tx, mentor))[0]!,
      "state = 'sent', sent_at = now(), next_attempt_at = null, subject = 'S', body = 'B'",
    );
    await actAs(tx, mentor.personId);

    expect(await inbox(tx)).toEqual([]);
  });

  test("is empty for nobody", async ({ tx }) => {
    await written(tx);
    await actAs(tx, null);

    expect(await inbox(tx)).toEqual([]);
  });

  test("shows what is unread, if one asks for that", async ({ tx }) => {
    const { mentor, message } = await written(tx);
    await actAs(tx, mentor.personId);
    expect(await inbox(tx, true)).toHaveLength(1);

    await call(tx, "mark_as_read", { delivery_id: message.id });

    expect(await inbox(tx, true)).toEqual([]);
    expect(await inbox(tx)).toHaveLength(1);
  });
});

describe("N5 reading a message", () => {
  test("counts the first time", async ({ tx }) => {
    const { mentor, message } = await written(tx);
    await actAs(tx, mentor.personId);
    await setClock(tx, "2026-03-15T12:00:00Z");
    await call(tx, "mark_as_read", { delivery_id: message.id });
    await setClock(tx, "2026-03-16T12:00:00Z");

    const { read_at: readAt } = await call(tx, "mark_as_read", { delivery_id: message.id });

    expect(readAt).toEqual(new Date("2026-03-15T12:00:00Z"));
  });

  test("repeated with its request id gives the first answer", async ({ tx }) => {
    const { mentor, message } = await written(tx);
    await actAs(tx, mentor.personId);
    const args = { delivery_id: message.id, request_id: randomUUID() };
    const first = await call(tx, "mark_as_read", args);

    expect(await call(tx, "mark_as_read", args)).toEqual(first);
    expect(
      await refusal(tx, () => call(tx, "mark_as_read", { ...args, delivery_id: randomUUID() })),
    ).toMatchObject({ code: "MNREQ" });
  });

  const others: Record<string, (db: Database) => Promise<{ id: string | null }>> = {
    "of somebody else": async (db) => (await written(db)).message,
    "that is a mail": async (db) => {
      const { mentor } = await written(db);
      await actAs(db, mentor.personId);
      return (await deliveriesAbout(db, mentor))[0]!;
    },
    "that is not written yet": async (db) => {
      const { mentor, message } = await unwritten(db);
      await actAs(db, mentor.personId);
      return message;
    },
    "that does not exist": async () => ({ id: randomUUID() }),
    "that is null": async () => ({ id: null }),
  };

  test.for(Object.entries(others))("%s is refused", async ([, find], { tx }) => {
    await actAs(tx, (await written(tx)).mentor.personId);
    const { id } = await find(tx);

    expect(await refusal(tx, () => call(tx, "mark_as_read", { delivery_id: id }))).toMatchObject({
      code: "MNNOT",
    });
  });

  test("without being a person is refused", async ({ tx }) => {
    const { message } = await written(tx);
    await actAs(tx, null);

    expect(
      await refusal(tx, () => call(tx, "mark_as_read", { delivery_id: message.id })),
    ).toMatchObject({ code: "MNNOT" });
  });
});

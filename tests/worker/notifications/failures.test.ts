import { describe, expect } from "vitest";
import type { Fault } from "../../../worker/local/mail/catcher.ts";
import { Dispatcher } from "../../../worker/notifications/dispatcher.ts";
import { test } from "../../support/notifications.ts";

/** What the server does once, how the delivery stands then, and how many copies arrive in the end. */
const FAULTS: { fault: Fault; state: string; errorClass: string; arrive: number }[] = [
  {
    fault: { effect: "reply", stage: "rcpt", code: 451, message: "4.7.1 Try later" },
    state: "retrying",
    errorClass: "temporary",
    arrive: 1,
  },
  {
    fault: { effect: "reply", stage: "rcpt", code: 550, message: "5.1.1 No such user" },
    state: "undeliverable",
    errorClass: "rejected",
    arrive: 0,
  },
  {
    fault: { effect: "reply", stage: "rcpt", code: 552, message: "5.2.2 Full" },
    state: "retrying",
    errorClass: "mailbox_full",
    arrive: 1,
  },
  {
    fault: { effect: "hang", stage: "rcpt" },
    state: "retrying",
    errorClass: "connection",
    arrive: 1,
  },
  {
    fault: { effect: "hang", stage: "data" },
    state: "unknown",
    errorClass: "ambiguous",
    arrive: 1,
  },
  {
    fault: { effect: "drop", stage: "data" },
    state: "unknown",
    errorClass: "ambiguous",
    arrive: 1,
  },
  {
    fault: { effect: "drop_at_end", stage: "data", stored: true },
    state: "unknown",
    errorClass: "ambiguous",
    arrive: 2,
  },
];

describe("N3: what the mail server does is on the row, and the mail goes its way", () => {
  test.for(FAULTS)("$fault", async ({ fault, state, errorClass, arrive }, { mail }) => {
    mail.catcher.inject(fault);
    await mail.paused(1);

    // Only a server that hangs has to be given up; on a busy machine others are slow.
    const patience = fault.effect === "hang" ? { socketTimeoutMs: 700 } : {};
    const first = await mail.dispatch(mail.aDispatcher(patience));

    expect(first).toMatchObject({ sent: 0, failed: 1, inbox: 1 });
    expect(await mail.emails()).toMatchObject([{ state, error_class: errorClass }]);
    expect(await mail.dispatch()).toMatchObject({ sent: 0, failed: 0 });
    await mail.passTime();
    await mail.dispatch();

    const [delivery] = await mail.emails();
    expect(delivery!.state).toBe(arrive === 0 ? "undeliverable" : "sent");
    expect(mail.arrived()).toEqual(Array(arrive).fill(delivery!.message_id));
    const isRepeat = mail.catcher.messages.at(-1)?.text.includes("kan være en gjentakelse");
    expect(isRepeat ?? false).toBe(errorClass === "ambiguous");
    expect(delivery!.may_have_arrived).toBe(errorClass === "ambiguous");
  });

  test("one recipient who is refused keeps nobody else waiting", async ({ mail }) => {
    mail.catcher.inject({
      effect: "reply",
      stage: "rcpt",
      code: 550,
      message: "5.1.1 No such user",
      match: "gone",
      times: Infinity,
    });
    await mail.pause(await mail.aMentor({ person: { email: "gone@example.org" } }));
    await mail.paused(10);

    expect(await mail.dispatch()).toMatchObject({ sent: 10, failed: 1 });
    const attempts = await mail.attempts();
    expect(attempts).toContainEqual(
      expect.objectContaining({ outcome: "rejected", code: "550 5.1.1" }),
    );
  });
});

describe("N3: an outage of the mail server", () => {
  test("costs no mail anything: after a night of it each arrives once", async ({ mail }) => {
    await mail.paused(30);
    mail.catcher.inject({ effect: "drop", stage: "connect", times: Infinity });
    const places = 5;

    const first = await mail.dispatch();
    // The gate is closed for everybody.
    const meanwhile = await mail.dispatch(mail.aDispatcher());
    for (let probe = 1; probe <= 10; probe += 1) {
      await mail.passTime();
      expect(await mail.dispatch()).toMatchObject({ sent: 0, failed: 1 });
    }
    const failed = await mail.attempts();
    mail.catcher.heal();
    await mail.passTime();
    await mail.dispatch();

    expect(first.failed).toBeLessThanOrEqual(places);
    expect(meanwhile).toMatchObject({ sent: 0, failed: 0 });
    expect(failed).toHaveLength(first.failed + 10);
    expect(new Set(failed.map(({ outcome }) => outcome))).toEqual(new Set(["connection"]));
    expect(mail.catcher.messages).toHaveLength(30);
    expect(new Set(mail.arrived()).size).toBe(30);
    for (const { text } of mail.catcher.messages) expect(text).not.toContain("gjentakelse");
    expect((await mail.emails()).every(({ state }) => state === "sent")).toBe(true);
  });

  test("that refuses connections at all is the same", async ({ mail, tools }) => {
    await mail.paused(3);
    await mail.catcher.stop();

    const down = await mail.dispatch();
    const port = Number(new URL(mail.smtpUrl).port);
    const again = await tools.aCatcher({ port });
    await mail.passTime();
    await mail.dispatch();

    expect(down).toMatchObject({ sent: 0, inbox: 3 });
    expect(await mail.attempts()).toContainEqual(
      expect.objectContaining({ outcome: "connection", code: "ECONNREFUSED" }),
    );
    expect(new Set(again.messages.map(({ messageId }) => messageId)).size).toBe(3);
    expect(again.messages).toHaveLength(3);
  });
});

test("without a mail server the inbox is written, and mails wait for one", async ({ mail }) => {
  await mail.paused(2);

  expect(await mail.dispatch(new Dispatcher(undefined))).toMatchObject({ inbox: 2, sent: 0 });
  expect(await mail.emails()).toMatchObject([{ state: "queued" }, { state: "queued" }]);

  expect(await mail.dispatch()).toMatchObject({ sent: 2 });
});

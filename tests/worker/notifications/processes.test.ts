import { describe, expect } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import type { Fault } from "../../../worker/local/mail/catcher.ts";
import { start } from "../../support/command.ts";
import type { Running } from "../../support/command.ts";
import { MAIL_FROM } from "../../support/mail-config.ts";
import { eventually, untilBlockedBy } from "../../support/nightly/stage.ts";
import { test } from "../../support/notifications.ts";
import type { MailStage } from "../../support/notifications.ts";

/** A dispatcher with one place in a process of its own. */
function aChild(mail: MailStage): Running {
  return start("tests/worker/notifications/child.ts", [mail.url, mail.smtpUrl]);
}

/** A worker as it is started for good. */
async function aWorkerProcess(mail: MailStage): Promise<Running> {
  const worker = start("worker/main.ts", [], {
    DATABASE_URL: mail.url,
    SMTP_URL: mail.smtpUrl,
    MAIL_FROM,
    LOG_LEVEL: "info",
  });
  await worker.says(/worker started/);
  return worker;
}

/** Lets the next mail meet a fault; settles when it has. */
function injected(mail: MailStage, fault: Fault): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  mail.catcher.inject({ ...fault, onMet: resolve });
  return promise;
}

/** What everybody takes over from the dead. */
async function takeOver(mail: MailStage) {
  await mail.passTime();
  return await mail.dispatch();
}

describe("N3: a dispatcher that is killed", () => {
  test.for([
    { name: "before the message is handed over", stage: "rcpt" },
    { name: "while the message is on its way", stage: "data" },
  ] as const)(
    "$name: the mail arrives once, and says it may be a repeat",
    async ({ stage }, { mail }) => {
      await mail.paused(1);
      const met = injected(mail, { effect: "hang", stage });
      const child = aChild(mail);
      await met;
      await child.kill("SIGKILL");
      expect(await mail.emails()).toMatchObject([{ state: "sending" }]);

      expect(await takeOver(mail)).toMatchObject({ recovered: 1, sent: 1 });

      const [delivery] = await mail.emails();
      expect(delivery).toMatchObject({ state: "sent", attempts: 2, may_have_arrived: true });
      expect(mail.arrived()).toEqual([delivery!.message_id]);
      expect(mail.catcher.messages[0]!.text).toMatch(/^Denne e-posten kan være en gjentakelse/);
    },
  );

  test("after the mail was taken and before that is on record: two copies, one Message-ID", async ({
    mail,
  }) => {
    await mail.paused(1);
    const met = injected(mail, { effect: "slow", stage: "data", delayMs: 500 });
    const child = aChild(mail);
    await met;
    await withClient(mail.url, async (client) => {
      await client.query(
        "begin; select from app_public.notification_deliveries where channel = 'email' for update",
      );
      const pid = await untilBlockedBy(client);
      await child.kill("SIGKILL");
      await client.query("select pg_terminate_backend($1)", [pid]);
      await client.query("rollback");
    });

    expect(await takeOver(mail)).toMatchObject({ recovered: 1, sent: 1 });

    const [delivery] = await mail.emails();
    expect(delivery!.state).toBe("sent");
    expect(mail.arrived()).toEqual([delivery!.message_id, delivery!.message_id]);
    const [first, second] = mail.catcher.messages;
    expect(first!.text).not.toContain("gjentakelse");
    expect(second!.text).toMatch(/^Denne e-posten kan være en gjentakelse/);
  });

  test("again and again: everybody is told, and never more copies than kills", async ({ mail }) => {
    await mail.paused(30);
    const kills = 5;
    for (let kill = 1; kill <= kills; kill += 1) {
      const met = injected(
        mail,
        kill % 2 === 0
          ? { effect: "hang", stage: "rcpt" }
          : { effect: "drop_at_end", stage: "data", stored: true },
      );
      const child = aChild(mail);
      await met;
      await child.kill("SIGKILL");
      await mail.passTime();
    }

    await mail.passTime();
    await mail.dispatch();

    const ids = mail.arrived();
    expect(new Set(ids).size).toBe(30);
    expect(ids.length - 30).toBeLessThanOrEqual(kills);
    expect((await mail.emails()).every(({ state }) => state === "sent")).toBe(true);
  });
});

describe("N3: a worker that is asked to stop while it sends", () => {
  test("lets the mail under way end, and begins no other", async ({ mail }) => {
    await mail.paused(12);
    const met = injected(mail, { effect: "slow", stage: "data", delayMs: 1000, times: 5 });
    const worker = await aWorkerProcess(mail);
    await met;

    expect(await worker.kill("SIGTERM")).toMatchObject({ status: 0 });

    const states = (await mail.emails()).map(({ state }) => state);
    expect(states.filter((state) => state === "sent")).toHaveLength(mail.catcher.messages.length);
    expect(mail.catcher.messages.length).toBeLessThanOrEqual(5);
    expect(new Set(states)).toEqual(new Set(["sent", "queued"]));
  });

  test("gives a mail back that was not handed over", async ({ mail }) => {
    await mail.paused(1);
    const met = injected(mail, { effect: "hang", stage: "rcpt" });
    const worker = await aWorkerProcess(mail);
    await met;

    expect(await worker.kill("SIGTERM")).toMatchObject({ status: 0 });

    expect(await mail.emails()).toMatchObject([{ state: "retrying", may_have_arrived: false }]);
    expect(await mail.attempts()).toMatchObject([{ outcome: "interrupted", code: "stopped" }]);
    await mail.dispatch();
    expect(mail.catcher.messages).toHaveLength(1);
    expect(mail.catcher.messages[0]!.text).not.toContain("gjentakelse");
  });

  test("says that a mail may have arrived whose answer it did not wait for", async ({ mail }) => {
    await mail.paused(1);
    const met = injected(mail, { effect: "hang", stage: "data" });
    const worker = await aWorkerProcess(mail);
    await met;

    expect(await worker.kill("SIGTERM")).toMatchObject({ status: 0 });

    expect(await mail.emails()).toMatchObject([{ state: "unknown", may_have_arrived: true }]);
    expect(await mail.attempts()).toMatchObject([{ outcome: "ambiguous", code: "EABORT" }]);
  });
});

describe("N3, N5: workers", () => {
  test("three of them send 300 mails, each once", async ({ mail }) => {
    await mail.paused(300);
    const workers = await Promise.all([1, 2, 3].map(() => aWorkerProcess(mail)));
    // One for each place of each worker, so that none has nothing to do.
    await mail.pool.query(
      "select graphile_worker.add_job('notifications__dispatch') from generate_series(1, 12)",
    );

    await eventually(async () => {
      const states = (await mail.emails()).map(({ state }) => state);
      expect(states.filter((state) => state === "sent")).toHaveLength(300);
    });
    const ended = await Promise.all(workers.map((worker) => worker.kill("SIGTERM")));

    expect(mail.catcher.messages).toHaveLength(300);
    expect(new Set(mail.arrived()).size).toBe(300);
    expect((await mail.inbox()).every(({ state }) => state === "sent")).toBe(true);
    expect(ended.map(({ status }) => status)).toEqual([0, 0, 0]);
    const said = ended.map(({ stderr }) => stderr).join("");
    const counts = said.matchAll(/notifications: [^"]*?(?<sent>\d+) sent/g).toArray();
    expect(counts.reduce((sum, { groups }) => sum + Number(groups!["sent"]), 0)).toBe(300);
    expect(said, "ids and counts alone").not.toMatch(/@example|Nordmann/);
  });

  test("tell somebody within seconds of the commit", async ({ mail }) => {
    await aWorkerProcess(mail);

    await mail.paused(1);

    await expect.poll(() => mail.catcher.messages.length, { timeout: 20_000 }).toBe(1);
  });

  test("say at their start that no mail server is configured", async ({ mail }) => {
    await mail.paused(1);
    const worker = start("worker/main.ts", [], { DATABASE_URL: mail.url });
    await worker.says(/no mail server is configured: the inbox is filled, and e-mails wait/);

    await eventually(async () => {
      expect(await mail.inbox()).toMatchObject([{ state: "sent" }]);
    });
    expect(await mail.emails()).toMatchObject([{ state: "queued", attempts: 0 }]);
    expect(await worker.kill("SIGTERM")).toMatchObject({ status: 0 });
  });
});

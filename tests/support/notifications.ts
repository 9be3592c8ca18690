import type pg from "pg";
import { createPool } from "../../worker/database/pool.ts";
import type { MailCatcher } from "../../worker/local/mail/catcher.ts";
import type { MailerOptions } from "../../worker/mail/smtp.ts";
import type { SendResult } from "../../worker/mail/outcome.ts";
import { Dispatcher } from "../../worker/notifications/dispatcher.ts";
import type { DispatchSummary } from "../../worker/notifications/dispatcher.ts";
import type { Outcome } from "../../worker/notifications/drain.ts";
import { openEmail } from "../../worker/notifications/email.ts";
import { TODAY, aMentor, aPerson, anOrganization, transaction } from "./builders.ts";
import type { Mentor, MentorOverrides, Organization } from "./builders.ts";
import { mailConfig, test as base } from "./mail.ts";
import { freshDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";
import { setDatabaseClock } from "./nightly/stage.ts";

/** A delivery as a test looks at it. */
export interface DeliveryRow {
  id: string;
  channel: string;
  state: string;
  attempts: number;
  may_have_arrived: boolean;
  message_id: string | null;
  error_class: string | null;
  error_code: string | null;
  subject: string | null;
  body: string | null;
  recipient_role: string;
  email: string;
}

export interface AttemptRow {
  delivery_id: string;
  attempt: number;
  outcome: string;
  code: string | null;
}

/** What a dispatch has done with each e-mail. */
export interface Told {
  deliveryId: string;
  outcome: Outcome;
  result: SendResult;
}

/** A database of the test's own on TODAY, an association in it, and a mail server. */
export class MailStage {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly catcher: MailCatcher;
  readonly smtpUrl: string;
  readonly association: Organization;
  readonly dispatcher: Dispatcher;
  readonly #endings: (() => Promise<void>)[] = [];

  constructor(url: string, pool: pg.Pool, catcher: MailCatcher, association: Organization) {
    this.url = url;
    this.pool = pool;
    this.catcher = catcher;
    this.smtpUrl = catcher.smtpUrl;
    this.association = association;
    this.dispatcher = this.aDispatcher();
  }

  /** A dispatcher of another process, as far as the database and the mail server know. */
  aDispatcher(options: MailerOptions = {}): Dispatcher {
    const config = mailConfig(this.smtpUrl);
    const dispatcher = new Dispatcher(openEmail(config, options));
    this.#endings.push(() => dispatcher.close());
    return dispatcher;
  }

  async close(): Promise<void> {
    for (const end of this.#endings) await end();
    await this.pool.end();
  }

  async act<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      return await transaction(client, () => work(client));
    } finally {
      client.release();
    }
  }

  async aMentor({
    person = {},
    ...overrides
  }: MentorOverrides & { person?: Record<string, unknown> } = {}): Promise<Mentor> {
    return await this.act(async (client) => {
      const personId = await aPerson(client, this.association, person);
      return await aMentor(client, this.association, { personId, ...overrides });
    });
  }

  /** As an operator, so that the mentor is told and nobody else. */
  async pause(...mentors: { id: string }[]): Promise<void> {
    await this.act(async (client) => {
      await client.query(
        "select from unnest($1::uuid[]) as id, app_public.pause_mentor(id, 'Needs a rest')",
        [mentors.map(({ id }) => id)],
      );
    });
  }

  /** So many mentors who are to be told by one e-mail each that they are paused. */
  async paused(count: number): Promise<Mentor[]> {
    const mentors = await this.act(async (client) => {
      const made: Mentor[] = [];
      for (let n = 0; n < count; n += 1) made.push(await aMentor(client, this.association));
      return made;
    });
    await this.pause(...mentors);
    return mentors;
  }

  async dispatch(dispatcher = this.dispatcher): Promise<DispatchSummary & { told: Told[] }> {
    const told: Told[] = [];
    const summary = await dispatcher.dispatch(this.pool, {
      onDelivery: (deliveryId, outcome, result) => told.push({ deliveryId, outcome, result }),
    });
    return { ...summary, told };
  }

  /** What the dispatch waits for has come: the gate may be tried, back-offs and leases have ended. */
  async passTime(): Promise<void> {
    await this.pool.query(
      `update app_private.delivery_gates as g
       set closed_until = now()
       where g.closed_until > now()`,
    );
    await this.pool.query(
      `update app_public.notification_deliveries as d
       set next_attempt_at = case when d.next_attempt_at is not null then now() end,
           lease_until = case when d.lease_token is not null then now() end
       where d.state = 'sending' or d.next_attempt_at > now()`,
    );
  }

  async emails(): Promise<DeliveryRow[]> {
    return await this.#deliveries("email");
  }

  async inbox(): Promise<DeliveryRow[]> {
    return await this.#deliveries("in_app");
  }

  async #deliveries(channel: string): Promise<DeliveryRow[]> {
    const { rows } = await this.pool.query<DeliveryRow>(
      `select d.*, p.email
       from app_public.notification_deliveries as d
       join app_public.people as p on p.id = d.recipient_id
       where d.channel = $1
       order by p.email, d.created_at`,
      [channel],
    );
    return rows;
  }

  async attempts(): Promise<AttemptRow[]> {
    const { rows } = await this.pool.query<AttemptRow>(
      `select a.delivery_id, a.attempt, a.outcome, a.code
       from app_public.notification_attempts as a
       order by a.began_at, a.delivery_id, a.attempt`,
    );
    return rows;
  }

  /** Message-IDs of what has arrived, in its order. */
  arrived(): string[] {
    return this.catcher.messages.map(({ messageId }) => messageId);
  }
}

/** `mail`: a stage of the test's own. */
export const test = base.extend("mail", async ({ tools }, { onCleanup }) => {
  let database: TestDatabase | undefined;
  let stage: MailStage | undefined;
  onCleanup(async () => {
    await stage?.close();
    await database?.drop();
  });
  database = await freshDatabase();
  await setDatabaseClock(database.url, `${TODAY}T11:00:00Z`);
  const catcher = await tools.aCatcher();
  const pool = createPool(database.url, { applicationName: "mentor-lifecycle-tests" });
  const client = await pool.connect();
  try {
    const association = await transaction(client, () =>
      anOrganization(client, { slug: "hlf", settings: { daily_mail_cap: 1000 } }),
    );
    stage = new MailStage(database.url, pool, catcher, association);
  } finally {
    client.release();
  }
  return stage;
});

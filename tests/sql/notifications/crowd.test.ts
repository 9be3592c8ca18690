import { describe, expect } from "vitest";
import {
  type Database,
  aMentor,
  aPause,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { resolve } from "../../support/deliveries.ts";
import { withSessions } from "../../support/sessions.ts";

const MENTORS = 20;
const EACH = 500;
const ALL = MENTORS * EACH;

/** So many notifications to each of some mentors who are paused. */
async function crowd(db: Database): Promise<void> {
  const organization = await anOrganization(db, { settings: { daily_mail_cap: EACH } });
  for (let count = 0; count < MENTORS; count += 1) {
    await aPause(db, await aMentor(db, organization));
  }
  await db.query(
    `insert into app_public.notifications
       (organization_id, mentor_id, kind, audience, reason, dedupe_key, pause_id)
     select n.organization_id, n.mentor_id, n.kind, n.audience, n.reason,
       n.dedupe_key || ':' || number, n.pause_id
     from app_public.notifications as n
     cross join generate_series(2, $1) as number`,
    [EACH],
  );
}

/** Claims, each in a transaction of its own, until there is none. */
const DRAIN = `
  do $$
  declare
    v_id uuid;
  begin
    loop
      select c.delivery_id into v_id from app_private.claim_delivery('example.org') as c;
      exit when v_id is null;
      commit;
    end loop;
  end;
  $$`;

const count = async (db: Database, condition: string) => {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::integer as count from app_public.notification_deliveries where ${condition}`,
  );
  return rows[0]!.count;
};

/** Names of the indexes that a statement reads, and how many rows it reads at most in a step. */
async function planOf(db: Database, statement: string) {
  const { rows } = await db.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
    `explain (analyze, format json) ${statement}`,
  );
  const indexes: string[] = [];
  let most = 0;
  const walk = (node: PlanNode) => {
    if (node["Index Name"] !== undefined) indexes.push(node["Index Name"]);
    most = Math.max(most, node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0));
    node.Plans?.forEach(walk);
  };
  walk(rows[0]!["QUERY PLAN"][0].Plan);
  return { indexes, most };
}

interface PlanNode {
  "Index Name"?: string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  Plans?: PlanNode[];
}

/** What claim_delivery asks for, in its own words. */
async function claimStatement(db: Database): Promise<string> {
  const { rows } = await db.query<{ statement: string }>(
    `select replace(
       substring(p.prosrc from 'select d\\.\\* into v_delivery.*?skip locked'),
       'into v_delivery', ''
     ) as statement
     from pg_proc as p
     where p.oid = 'app_private.claim_delivery(text, interval)'::regprocedure`,
  );
  return rows[0]!.statement.replaceAll("v_busy", "'{}'::uuid[]");
}

describe("N3 ten thousand notifications", () => {
  test("are told once each", { timeout: 300_000 }, async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => crowd(observer));

      let resolved = 0;
      for (let batch = -1; batch !== 0; resolved += batch) batch = await resolve(observer);
      expect(resolved).toBe(ALL);
      expect(await count(observer, "channel = 'email' and state = 'queued'")).toBe(ALL);
      expect(await count(observer, "channel = 'in_app' and state = 'queued'")).toBe(ALL);

      await observer.query("analyze app_public.notification_deliveries");
      await Promise.all([one, other].map((session) => session!.client.query(DRAIN)));
      await observer.query(DRAIN);

      expect(await count(observer, "channel = 'email' and state = 'sending'")).toBe(ALL);
      expect(await count(observer, "attempts > 1")).toBe(0);
      expect(await count(observer, "deferred_because is not null")).toBe(0);
    });
  });

  test(
    "among a hundred thousand that were sent: the next one is found by its index",
    {
      timeout: 300_000,
    },
    async ({ fresh }) => {
      await withSessions(await fresh(), 0, async (_sessions, observer) => {
        await transaction(observer, () => crowd(observer));
        await observer.query(
          `with old as (
           insert into app_public.notifications (organization_id, mentor_id, kind, audience, reason,
             dedupe_key, pause_id, state, settled_at)
           select n.organization_id, n.mentor_id, n.kind, n.audience, n.reason,
             n.dedupe_key || ':sent:' || number, n.pause_id, 'dispatched', now()
           from app_public.notifications as n
           cross join generate_series(1, 10) as number
           returning *
         )
         insert into app_public.notification_deliveries (notification_id, organization_id,
           recipient_id, recipient_role, recipient_reason, channel, state, sent_at, attempted_at,
           message_id)
         select o.id, o.organization_id, m.person_id, 'mentor', 'Once.', 'email', 'sent',
           now() - interval '9 days', now() - interval '9 days', o.id || '@example.org'
         from old as o
         join app_public.mentors as m on m.id = o.mentor_id`,
        );
        expect(await count(observer, "state = 'sent'")).toBe(10 * ALL);
        await observer.query("vacuum analyze app_public.notification_deliveries");
        for (let batch = -1; batch !== 0;) batch = await resolve(observer);
        const statement = await claimStatement(observer);

        // First with statistics from before so many were queued, then with those of now.
        for (const prepare of ["select", "analyze app_public.notification_deliveries"]) {
          await observer.query(prepare);
          const { indexes, most } = await planOf(observer, statement);

          expect(indexes).toEqual(["notification_deliveries_due_idx"]);
          expect(most).toBeLessThan(10);
        }
      });
    },
  );
});

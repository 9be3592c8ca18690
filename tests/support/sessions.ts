import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionSettings } from "../../worker/database/pool.ts";
import { type Database, actAs, setClock, TODAY } from "./builders.ts";

/*
 * Several callers at once, step by step: each step is either done or known to wait for another
 * caller's lock before the next one begins. No sleeping, so that an order of steps is a fact.
 */

/** What a caller learns: the row that the command returned, or the SQLSTATE that refused it. */
export type Outcome = { row: pg.QueryResultRow } | { code: string };

export interface Caller {
  /** On whose behalf; null is an operator. */
  personId: string | null;
  act: (db: Database) => Promise<pg.QueryResultRow>;
}

export interface Session {
  client: pg.Client;
  pid: number;
}

/** Connections of one's own to a database, closed after the work. */
export async function withSessions<Result>(
  url: string,
  count: number,
  work: (sessions: Session[], observer: pg.Client) => Promise<Result>,
): Promise<Result> {
  const clients = Array.from({ length: count + 1 }, () => {
    const client = new pg.Client(connectionSettings(url, "mentor-lifecycle-tests"));
    client.on("error", () => {});
    return client;
  });
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const [observer, ...others] = clients as [pg.Client, ...pg.Client[]];
    const sessions = await Promise.all(
      others.map(async (client) => {
        const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
        return { client, pid: rows[0]!.pid };
      }),
    );
    return await work(sessions, observer);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** The command's outcome as a value. */
export async function outcomeOf(work: () => Promise<pg.QueryResultRow>): Promise<Outcome> {
  try {
    return { row: await work() };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { code: error.code ?? "" };
  }
}

/** A step that was begun, and whether it is done. */
export class Step {
  isDone = false;
  #finished: Promise<void>;

  constructor(work: () => Promise<void>) {
    this.#finished = work().finally(() => {
      this.isDone = true;
    });
    this.#finished.catch(() => {});
  }

  /** Returns when the step is done, throwing what it threw, or waits for another session. */
  async settle(observer: pg.Client, pid: number): Promise<void> {
    for (let looks = 0; !this.isDone;) {
      const { rows } = await observer.query<{ is_blocked: boolean }>(
        "select cardinality(pg_blocking_pids($1)) > 0 as is_blocked",
        [pid],
      );
      // Twice: the server's own short locks, as on a table that grows, are no other session's.
      looks = rows[0]!.is_blocked ? looks + 1 : 0;
      if (looks === 2 && !this.isDone) return;
      if (looks === 1) await sleep(10);
    }
    await this.#finished;
  }
}

/**
 * Lets each caller take two steps in the order given, by caller: first the command in a transaction,
 * then commit (or rollback, if it was refused). A step whose turn comes while its caller still waits
 * is taken as soon as the caller may go on.
 */
export async function interleave(
  sessions: Session[],
  observer: pg.Client,
  callers: Caller[],
  schedule: number[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const steps = callers.map((caller, index) => {
    const { client } = sessions[index]!;
    return [
      async () => {
        await client.query("begin");
        await setClock(client, TODAY);
        await actAs(client, caller.personId);
        outcomes[index] = await outcomeOf(() => caller.act(client));
      },
      async () => {
        await client.query("row" in outcomes[index]! ? "commit" : "rollback");
      },
    ];
  });
  const current: (Step | undefined)[] = callers.map(() => undefined);
  const due = callers.map(() => 0);

  const goOn = async () => {
    for (let moved = true; moved;) {
      moved = false;
      for (const [index, { pid }] of sessions.slice(0, callers.length).entries()) {
        await current[index]?.settle(observer, pid);
        if (due[index]! > 0 && (current[index]?.isDone ?? true)) {
          current[index] = new Step(steps[index]!.shift()!);
          due[index]! -= 1;
          moved = true;
          await current[index].settle(observer, pid);
        }
      }
    }
  };
  for (const index of schedule) {
    due[index]! += 1;
    await goOn();
  }
  return outcomes;
}

/** Every order in which callers can take two steps each: for two 6, for three 90. */
export function schedules(callers: number): number[][] {
  const orders: number[][] = [];
  const extend = (order: number[]) => {
    if (order.length === 2 * callers) orders.push(order);
    for (let caller = 0; caller < callers; caller += 1) {
      if (order.filter((one) => one === caller).length < 2) extend([...order, caller]);
    }
  };
  extend([]);
  return orders;
}

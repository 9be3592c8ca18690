import { setTimeout as sleep } from "node:timers/promises";
import { SafeError, context, get, lambda, list } from "postgraphile/grafast";
import { extendSchema, gql } from "postgraphile/utils";
import type { WithPgClient } from "postgraphile/@dataplan/pg";
import type { Caller } from "./caller.ts";
import type { Change, Listener, Topic } from "./listener.ts";

/** Changes that come within this time are told together. */
const GATHER_MS = 200;

/** How long a quiet subscription sleeps before it looks at its token again. */
const LONGEST_WAIT_MS = 60_000;

/** How soon it is asked again what may be told, if the database did not answer. */
const RETRY_MS = 1_000;

/** What is named at once; with more of it a page is read again anyway. */
const MOST_IDS = 200;

/** What the subscription needs to know of a request. */
export interface ChangesContext {
  withPgClient: WithPgClient;
  pgSettings: Record<string, string>;
  caller: Caller;
  listener: Listener;
}

/** An event of the subscription. */
interface RosterChange {
  mentorIds: string[];
  portalMentorIds: string[];
  nightlyRunIds: string[];
  isMore: boolean;
}

/** Adds the subscription by which a dashboard learns that it is out of date. */
export const ChangesPlugin: GraphileConfig.Plugin = extendSchema(
  {
    typeDefs: gql`
      """
      What changed of a roster: ids, of what the subscriber may see at that moment. Read it anew.
      """
      type RosterChange {
        """
        Mentors whose status, certifications, pauses, assignments or coordinators changed.
        """
        mentorIds: [UUID!]!
        """
        Mentors whose state in the portal changed.
        """
        portalMentorIds: [UUID!]!
        """
        Runs of the night that began, went on or ended.
        """
        nightlyRunIds: [UUID!]!
        """
        Whether more changed than is named, or may have while nobody listened: read everything anew.
        """
        isMore: Boolean!
      }

      extend type Subscription {
        """
        Tells coordinators and administrators of an organisation what changed, within a second
        after it did. It begins with isMore: what is read after that is missed no more. It ends when
        the token does. Errors: MNDEN, UNAUTHENTICATED.
        """
        rosterChanged(organizationId: UUID!): RosterChange
      }
    `,
    objects: {
      Subscription: {
        plans: {
          rosterChanged: {
            subscribePlan(_$root, args) {
              return lambda(
                list([context(), args.getRaw("organizationId")]),
                ([request, organizationId]) =>
                  subscribe(request as unknown as ChangesContext, organizationId as string),
              );
            },
            plan: ($event) => $event,
          },
        },
      },
      RosterChange: {
        plans: {
          mentorIds: ($event) => get($event, "mentorIds"),
          portalMentorIds: ($event) => get($event, "portalMentorIds"),
          nightlyRunIds: ($event) => get($event, "nightlyRunIds"),
          isMore: ($event) => get($event, "isMore"),
        },
      },
    },
  },
  "ChangesPlugin",
);

/** Refuses whoever may not hear of the organisation; later, silence is the answer. */
async function subscribe(
  request: ChangesContext,
  organizationId: string,
): Promise<AsyncIterableIterator<RosterChange>> {
  const { isPermitted } = await visibleOf(request, organizationId, gathered([]));
  if (isPermitted) return rosterChanges(request, organizationId);
  throw new SafeError(
    "Only coordinators and administrators of the organisation are told of its changes.",
    { code: "MNDEN" },
  );
}

/** An iterator whose end does not wait for the next change. */
function rosterChanges(
  request: ChangesContext,
  organizationId: string,
): AsyncIterableIterator<RosterChange> {
  const stopping = new AbortController();
  const events = tell(request, organizationId, stopping.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => events.next(),
    return: async (value) => {
      stopping.abort();
      return await events.return(value);
    },
    throw: async (error) => {
      stopping.abort();
      return await events.throw(error);
    },
  };
}

async function* tell(
  request: ChangesContext,
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<RosterChange, undefined> {
  const heard: Change[] = [];
  let wake: (() => void) | undefined;
  const forget = request.listener.listen(organizationId, (change) => {
    heard.push(change);
    wake?.();
  });
  try {
    while (!signal.aborted) {
      const left = request.caller.expiresAt - Date.now();
      if (left <= 0) throw expired();
      if (heard.length === 0) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([woken, pause(Math.min(left, LONGEST_WAIT_MS), signal)]);
        continue;
      }
      await pause(GATHER_MS, signal);
      const changed = gathered(heard.splice(0));
      // A database that is away for a moment costs the names of what changed, not the subscription.
      const visible = await visibleOf(request, organizationId, changed).catch(() => undefined);
      if (visible === undefined) {
        heard.push({ topic: "mentor", id: undefined });
        await pause(RETRY_MS, signal);
      } else if (visible.isPermitted && isWorthTelling(visible.change)) yield visible.change;
    }
    return undefined;
  } finally {
    forget();
  }
}

function expired(): SafeError {
  return new SafeError("The token has expired: log in again.", { code: "UNAUTHENTICATED" });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}

/** Several changes as one; too many as only that. */
function gathered(changes: readonly Change[]): RosterChange {
  const idsOf = (topic: Topic) => {
    const ids = changes.filter((change) => change.topic === topic).map(({ id }) => id);
    return [...new Set(ids.filter((id) => id !== undefined))];
  };
  const [mentorIds, portalMentorIds, nightlyRunIds] = [
    idsOf("mentor"),
    idsOf("portal"),
    idsOf("run"),
  ];
  const isMore =
    changes.some(({ id }) => id === undefined) ||
    [mentorIds, portalMentorIds, nightlyRunIds].some((ids) => ids.length > MOST_IDS);
  return {
    mentorIds: mentorIds.slice(0, MOST_IDS),
    portalMentorIds: portalMentorIds.slice(0, MOST_IDS),
    nightlyRunIds: nightlyRunIds.slice(0, MOST_IDS),
    isMore,
  };
}

function isWorthTelling({ mentorIds, portalMentorIds, nightlyRunIds, isMore }: RosterChange) {
  return isMore || mentorIds.length + portalMentorIds.length + nightlyRunIds.length > 0;
}

/** Asked with the subscriber's own rights, each time: the policies say what is left of it. */
async function visibleOf(
  { withPgClient, pgSettings }: ChangesContext,
  organizationId: string,
  change: RosterChange,
): Promise<{ isPermitted: boolean; change: RosterChange }> {
  const { rows } = await withPgClient(pgSettings, (client) =>
    client.query<Omit<RosterChange, "isMore"> & { isPermitted: boolean }>({
      text: `select
          exists (
            select from app_public.organization_settings as s where s.organization_id = $1
          ) as "isPermitted",
          array(
            select m.id from app_public.mentors as m
            where m.organization_id = $1 and m.id = any ($2)
          ) as "mentorIds",
          array(
            select m.id from app_public.mentors as m
            where m.organization_id = $1 and m.id = any ($3)
          ) as "portalMentorIds",
          array(
            select r.id from app_public.nightly_runs as r
            where r.organization_id = $1 and r.id = any ($4)
          ) as "nightlyRunIds"`,
      values: [organizationId, change.mentorIds, change.portalMentorIds, change.nightlyRunIds],
    }),
  );
  const { isPermitted = false, ...visible } = rows[0] ?? {};
  return { isPermitted, change: { ...change, ...visible } };
}

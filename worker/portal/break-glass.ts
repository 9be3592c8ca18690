import { userInfo } from "node:os";
import type pg from "pg";
import { createPool } from "../database/pool.ts";
import type { DynamicsClient, Identity } from "../dynamics/client.ts";
import type { DynamicsConfig } from "../dynamics/config.ts";
import { checkPortal } from "./check.ts";
import type { Database } from "./ledger.ts";
import { Patience } from "./patience.ts";
import type { Waiting } from "./patience.ts";

/*
 * The sync by hand, while the automated system is down (P8). It needs the database and the portal,
 * and no worker: leases keep it apart from one that runs after all.
 */

/** Who breaks the glass, for the audit trail. */
export function actor(): string {
  try {
    return `break-glass:${userInfo().username}`;
  } catch {
    // A container may run under a number that no account has.
    return `break-glass:uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/**
 * A session with credentials of its own: the gate of the automated login is nothing to it. One that
 * only looks may not write, and the server sees to that.
 */
export function openBreakGlass(databaseUrl: string, { readOnly = false } = {}): pg.Pool {
  return createPool(databaseUrl, {
    applicationName: "mentor-lifecycle-portal-sync",
    settings: {
      "mentor_lifecycle.actor": actor(),
      "mentor_lifecycle.ignores_portal_gate": "true",
      ...(readOnly && { default_transaction_read_only: "on" }),
    },
  });
}

/** A listing as the database knows it. */
export interface Target {
  mentorId: string;
  organization: string;
  mentorKey: string;
  visible: boolean;
  /** yyyy-mm-dd; null without an end, or if it is to be hidden. */
  visibleUntil: string | null;
  isSynced: boolean;
  condition: "pending" | "synced" | "retrying" | "needs_attention";
  /** Instant since which it is known that somebody hid the mentor in the portal. */
  heldSince: string | null;
  /** The key belongs to another organisation's mentor, who alone is told about. */
  isShared: boolean;
  errorClass: string | null;
  errorMessage: string | null;
  /** Somebody is at work on it. */
  isLeased: boolean;
}

const TARGETS = `
  select l.mentor_id as "mentorId", o.slug as organization, m.mentor_key as "mentorKey",
    l.desired_visible as visible, l.desired_until as "visibleUntil", l.condition,
    l.synced_version = l.desired_version as "isSynced",
    to_char(l.held_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as "heldSince",
    l.error_class as "errorClass",
    case when owner.id = m.id then l.error_message
      else app_private.portal_attention_sentence('shared_key')
    end as "errorMessage",
    owner.id <> m.id as "isShared",
    coalesce(l.lease_until > now(), false) as "isLeased"
  from app_public.portal_listings as l
  join app_public.mentors as m on m.id = l.mentor_id
  join app_public.organizations as o on o.id = l.organization_id
  cross join lateral (select app_private.portal_key_owner(m.mentor_key) as id) as owner`;

/** Everything that the portal does not know yet, due or not, hides first; or just everything. */
export async function unsyncedTargets(
  database: Database,
  organizationId: string | undefined,
  { all = false } = {},
): Promise<Target[]> {
  const { rows } = await database.query<Target>(
    `${TARGETS}
     where ($2 or l.synced_version < l.desired_version)
       and ($1::uuid is null or l.organization_id = $1)
     order by l.desired_visible, m.mentor_key`,
    [organizationId ?? null, all],
  );
  return rows;
}

/** The listings of these mentors, as they are now. */
export async function readTargets(database: Database, mentorIds: string[]): Promise<Target[]> {
  const { rows } = await database.query<Target>(
    `${TARGETS}
     where l.mentor_id = any ($1::uuid[])
     order by l.desired_visible, m.mentor_key`,
    [mentorIds],
  );
  return rows;
}

/** The listings of the mentors with these keys; an unknown or ambiguous key is an error. */
export async function namedTargets(
  database: Database,
  keys: string[],
  organizationId: string | undefined,
): Promise<Target[]> {
  const { rows } = await database.query<Target>(
    `${TARGETS}
     where m.mentor_key = any ($1::text[])
       and ($2::uuid is null or l.organization_id = $2)
     order by l.desired_visible, m.mentor_key`,
    [keys, organizationId ?? null],
  );
  const unknown = keys.filter((key) => !rows.some((row) => row.mentorKey === key));
  if (unknown.length > 0) throw new Error(`There is no mentor with the key ${unknown.join(", ")}.`);
  const twice = rows.find(({ mentorKey }, index) =>
    rows.slice(0, index).some((other) => other.mentorKey === mentorKey),
  );
  if (twice !== undefined) {
    const { mentorKey } = twice;
    const slugs = rows.filter((row) => row.mentorKey === mentorKey).map((row) => row.organization);
    throw new Error(
      `Several organisations have a mentor with the key ${mentorKey}: ${slugs.join(", ")}; ` +
        "say which with --organization.",
    );
  }
  return rows;
}

/** Somebody who should be shown, and whom somebody hid in the portal: only a person undoes that. */
export function isHeld(target: Target): boolean {
  return target.visible && target.heldSince !== null;
}

/** Lets the portal be told again about these mentors, also if it knows, also if one is held. */
export async function force(database: Database, targets: Target[]): Promise<void> {
  for (const { mentorId } of targets) {
    await database.query("select from app_public.force_portal_sync($1)", [mentorId]);
  }
}

/** An overdue hide that has now been told needs no alert, though no worker is there to see it. */
export async function refreshAlerts(database: Database): Promise<void> {
  await database.query("select app_private.watch_portal()");
}

export interface LogInOptions {
  config: DynamicsConfig;
  /** Compares the environment without remembering anything (false). */
  readOnly?: boolean;
  signal?: AbortSignal | undefined;
  onWait?: (waiting: Waiting) => void;
}

export interface LoggedIn extends Identity {
  /** The configuration names another environment than the one known so far. */
  isNewEnvironment: boolean;
}

/**
 * Logs in with a token that was not cached, and compares the environment (P7). Errors: a
 * DynamicsError if the login is refused, an Error if it reaches another environment.
 */
export async function logIn(
  database: Database,
  dynamics: DynamicsClient,
  { config, readOnly = false, signal, onWait }: LogInOptions,
): Promise<LoggedIn> {
  const patience = new Patience({ signal, onWait });
  return await patience.untilLetThrough(async () => {
    const known = await knownEnvironment(database);
    const identity = await dynamics.whoAmI({ fresh: true, signal });
    const problem = readOnly
      ? await differenceOf(database, identity.organizationId, config.organizationId ?? known)
      : await check(database, dynamics, config, signal);
    if (problem !== null) throw new Error(problem);
    return {
      ...identity,
      isNewEnvironment: known !== undefined && known !== identity.organizationId,
    };
  });
}

async function check(
  database: Database,
  dynamics: DynamicsClient,
  config: DynamicsConfig,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { organizationId } = config;
  const result = await checkPortal(database, dynamics, { organizationId, signal });
  if (result.state === "failed") throw result.error;
  if (result.state === "postponed") {
    throw new Error(`The portal asks to be left alone until ${result.until.toISOString()}.`);
  }
  return result.state === "wrong_environment" ? result.problem : null;
}

async function knownEnvironment(database: Database): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string | null }>(
    "select g.environment_id as id from app_private.portal_gate as g",
  );
  return rows[0]?.id ?? undefined;
}

async function differenceOf(
  database: Database,
  found: string,
  expected: string | undefined,
): Promise<string | null> {
  const { rows } = await database.query<{ problem: string | null }>(
    "select app_private.portal_environment_difference($1, $2) as problem",
    [found, expected ?? null],
  );
  return rows[0]?.problem ?? null;
}

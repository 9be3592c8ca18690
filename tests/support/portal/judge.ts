import type pg from "pg";
import type { HistoryEntry, Simulator } from "../../../worker/local/dataverse/simulator.ts";

/*
 * What may never be, found from outside: from the portal's own history and from the journals of the
 * database, which are both append-only.
 */

/** Every mentor about whom the website and the database disagree, in a sentence each. */
export async function disagreements(pool: pg.Pool, simulator: Simulator): Promise<string[]> {
  const { rows } = await pool.query<{ key: string; visible: boolean; until: string | null }>(
    `select m.mentor_key as key, l.desired_visible as visible, l.desired_until as until
     from app_public.portal_listings as l
     join app_public.mentors as m on m.id = l.mentor_id
     order by m.mentor_key`,
  );
  return rows.flatMap(({ key, visible, until }) => {
    const row = simulator.row(key);
    const isVisible = simulator.isPubliclyVisible(key);
    if (isVisible !== visible) return [`${key} should be ${word(visible)}, is ${word(isVisible)}`];
    const isUntil = row?.visibleUntil ?? null;
    if (visible && isUntil !== until) return [`${key} should end ${until}, ends ${isUntil}`];
    return [];
  });
}

function word(visible: boolean): string {
  return visible ? "visible" : "hidden";
}

interface Wish {
  key: string;
  version: number;
  visible: boolean;
}

interface ConfirmedHide {
  key: string;
  version: number;
  revision: string;
}

/**
 * Every time that we made a mentor visible against the wish, in a sentence each.
 *
 * The portal's history is the order in which it stored things, and each of our writes carries the
 * version of the wish that it is about; so no clock is needed. Wrong is a write of ours that shows
 * - under a version that asked to hide, or
 * - under an older version than a hide, after the very row (by its ETag) by which the database
 *   considers this hide as confirmed.
 * A show that was asked for later has a higher version and is right. What people in Dynamics or a
 * restore make visible is not a write of ours; the reconciliation answers for it.
 */
export async function wronglyShown(pool: pg.Pool, simulator: Simulator): Promise<string[]> {
  const wishes = await wishesOf(pool);
  const hides = await confirmedHides(pool);
  const { history } = simulator;
  const places = new Map(history.map((entry, place) => [placeKey(entry.key, entry.etag), place]));
  return history.flatMap((entry, place) => {
    if (entry.by !== "api" || !entry.visible) return [];
    const { key, version } = entry as HistoryEntry & { key: string; version: number };
    const wish = wishes.get(placeKey(key, version));
    if (!wish?.visible) return [`${key} was shown under version ${version}, which asked to hide`];
    const hide = hides.find(
      (it) =>
        it.key === key &&
        it.version > version &&
        (places.get(placeKey(key, it.revision)) ?? Infinity) < place,
    );
    return hide === undefined
      ? []
      : [`${key} was shown under version ${version} after the confirmed hide ${hide.version}`];
  });
}

async function wishesOf(pool: pg.Pool): Promise<Map<string, Wish>> {
  const { rows } = await pool.query<Wish & { kind: string }>(
    `select m.mentor_key as key, e.desired_version as version, e.kind
     from app_public.portal_events as e
     join app_public.mentors as m on m.id = e.mentor_id
     order by e.mentor_id, e.desired_version`,
  );
  const wishes = new Map<string, Wish>();
  for (const { key, version, kind } of rows) {
    const visible =
      kind === "listing.sync_requested"
        ? (wishes.get(placeKey(key, version - 1))?.visible ?? false)
        : kind !== "listing.hidden";
    wishes.set(placeKey(key, version), { key, version, visible });
  }
  return wishes;
}

async function confirmedHides(pool: pg.Pool): Promise<ConfirmedHide[]> {
  const { rows } = await pool.query<ConfirmedHide>(
    `select m.mentor_key as key, a.desired_version as version, a.revision
     from app_public.portal_attempts as a
     join app_public.mentors as m on m.id = a.mentor_id
     where a.outcome in ('written', 'unchanged')
       and not a.visible`,
  );
  return rows;
}

function placeKey(key: string | null, detail: string | number): string {
  return `${key} ${detail}`;
}

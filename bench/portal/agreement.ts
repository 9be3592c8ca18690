import { withClient } from "../../worker/database/pool.ts";
import type { SimulatorProcess } from "./simulator.ts";

interface Wish {
  key: string;
  visible: boolean;
  visible_until: string | null;
  version: number;
  condition: string;
}

/**
 * Ends the bench if the portal does not show the last wish of every mentor: the time would mean
 * nothing. `knowsIt`: the database, too, must know that it does.
 */
export async function mustAgree(
  variant: string,
  url: string,
  simulator: SimulatorProcess,
  { knowsIt }: { knowsIt: boolean },
): Promise<void> {
  const wishes = await wishesOf(url);
  const rows = new Map((await simulator.ask("rows")).map((row) => [row.key, row]));
  const wrong = wishes.filter((wish) => {
    const row = rows.get(wish.key);
    return (
      row?.visible !== wish.visible ||
      row.visibleUntil !== wish.visible_until ||
      row.version !== wish.version
    );
  });
  const unknown = knowsIt ? wishes.filter(({ condition }) => condition !== "synced") : [];
  if (wrong.length === 0 && unknown.length === 0 && rows.size === wishes.length) return;
  throw new Error(
    `${variant} left ${wrong.length} of ${wishes.length} mentors wrong on the portal ` +
      `(first: ${wrong[0]?.key ?? "none"}), ${unknown.length} not known to be right, ` +
      `and ${rows.size} rows`,
  );
}

async function wishesOf(url: string): Promise<Wish[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<Wish>(
      `select m.mentor_key as key, l.desired_visible as visible, l.desired_until as visible_until,
         l.desired_version as version, l.condition
       from app_public.portal_listings as l
       join app_public.mentors as m on m.id = l.mentor_id`,
    );
    return rows;
  });
}

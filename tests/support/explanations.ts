import type { Database } from "./builders.ts";

export interface Explanation {
  position: number;
  topic: string;
  subject: string;
  verdict: string;
  code: string;
  explanation: string;
  at: Date | null;
  certification_id: string | null;
  assignment_id: string | null;
  nightly_run_id: string | null;
  notification_id: string | null;
  delivery_id: string | null;
}

/** Everything that explain_mentor says about a mentor on a date (today), or only one topic. */
export async function explain(
  db: Database,
  mentor: { id: string },
  on: string | null = null,
  topic?: string,
): Promise<Explanation[]> {
  const { rows } = await db.query<Explanation>(
    "select * from app_public.explain_mentor($1, $2) order by position",
    [mentor.id, on],
  );
  return topic === undefined ? rows : rows.filter((row) => row.topic === topic);
}

/** The one sentence of a topic, with its verdict and code before it: `verdict code: sentence`. */
export async function sentence(
  db: Database,
  mentor: { id: string },
  on: string | null,
  topic: string,
): Promise<string> {
  return (await sentences(db, mentor, on, topic)).join("\n");
}

export async function sentences(
  db: Database,
  mentor: { id: string },
  on: string | null,
  topic: string,
): Promise<string[]> {
  const rows = await explain(db, mentor, on, topic);
  return rows.map(({ verdict, code, explanation }) => `${verdict} ${code}: ${explanation}`);
}

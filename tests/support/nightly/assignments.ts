import { randomUUID } from "node:crypto";
import type { ClientBase, Pool } from "pg";
import { insert } from "../builders.ts";
import type { Database, Mentor } from "../builders.ts";

/*
 * Assignments that have been silent for some time, and what the nights made of them.
 */
export interface Assignment {
  id: string;
  key: string;
}

/** An open assignment of a mentor; its last contact is its first day unless told otherwise. */
export async function anAssignment(
  db: Database,
  mentor: Pick<Mentor, "id" | "organizationId">,
  {
    key = `A-${randomUUID()}`,
    contactOn,
    openedOn = contactOn,
    closedOn = null,
  }: { key?: string; contactOn: string; openedOn?: string; closedOn?: string | null },
): Promise<Assignment> {
  const { id } = await insert<{ id: string }>(db, "app_public.assignments", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    assignment_key: key,
    client_reference: "C-1",
    opened_on: openedOn,
    closed_on: closedOn,
    last_contact_on: contactOn,
  });
  return { id, key };
}

/**
 * Lets the last known contact be on this day, as if it had been entered so: earlier or later than
 * before. It locks the assignment as a registration does.
 */
export async function setLastContact(
  db: ClientBase | Pool,
  assignment: { id: string },
  day: string,
): Promise<void> {
  await db.query(
    `update app_public.assignments as a
     set entered_contact_on = $2::date, last_contact_on = $2::date
     where a.id = $1`,
    [assignment.id, day],
  );
}

/** The ledger of an assignment: `last contact step disposition`. */
export async function followUpsOf(
  db: ClientBase | Pool,
  assignment: { id: string },
): Promise<string[]> {
  const { rows } = await db.query<{ done: string }>(
    `select concat_ws(' ', f.last_contact_on, f.step, f.disposition,
       'into ' || f.collapsed_into_step) as done
     from app_public.follow_up_reminders as f
     where f.assignment_id = $1
     order by f.last_contact_on, f.step`,
    [assignment.id],
  );
  return rows.map(({ done }) => done);
}

/** Who is told of an assignment's silence: `last contact step audience`. */
export async function toldOfSilence(
  db: ClientBase | Pool,
  assignment: { id: string },
): Promise<string[]> {
  const { rows } = await db.query<{ told: string }>(
    `select concat_ws(' ', n.last_contact_on, n.step, n.audience) as told
     from app_public.notifications as n
     where n.assignment_id = $1
       and n.kind = 'assignment_quiet'
     order by n.last_contact_on, n.step`,
    [assignment.id],
  );
  return rows.map(({ told }) => told);
}

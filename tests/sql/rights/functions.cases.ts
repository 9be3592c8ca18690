import { type Database, TODAY, aPause, addDays } from "../../support/builders.ts";
import { call } from "../../support/outcomes.ts";
import { PERSONAS } from "../../support/rights.ts";
import type { Belongings, Owner, Persona, World } from "../../support/rights.ts";

/*
 * Who may call what, written by hand: the functions must agree with it and not the other way round.
 */
export interface Command {
  /** What must be true before, as the owner makes it. */
  arrange?: (tx: Database, target: Belongings) => Promise<unknown>;
  call: (tx: Database, target: Belongings, world: World) => Promise<unknown>;
  permitted: Record<Owner, Persona[]>;
  /** How people whom an organisation knows are refused; who is nobody always gets MNDEN. */
  refusal?: "MNDEN" | "MNNOT";
}

/** Who looks after a mentor today. */
const RESPONSIBLE: Command["permitted"] = {
  own: ["coordinator", "chapterAdministrator", "organizationAdministrator"],
  other: ["organizationAdministrator"],
  foreign: ["foreignAdministrator"],
};

const MENTOR_TOO: Command["permitted"] = { ...RESPONSIBLE, own: ["mentor", ...RESPONSIBLE.own] };

/** Who holds an office in the organisation; the first two owners share it. */
const OFFICE: Command["permitted"] = {
  own: ["coordinator", "formerCoordinator", "chapterAdministrator", "organizationAdministrator"],
  other: ["coordinator", "formerCoordinator", "chapterAdministrator", "organizationAdministrator"],
  foreign: ["foreignAdministrator"],
};

const ADMINISTRATORS: Command["permitted"] = {
  own: ["organizationAdministrator"],
  other: ["organizationAdministrator"],
  foreign: ["foreignAdministrator"],
};

function plus(permitted: Command["permitted"], persona: Persona): Command["permitted"] {
  return {
    own: [...permitted.own, persona],
    other: [...permitted.other, persona],
    foreign: [...permitted.foreign, persona],
  };
}

export const COMMANDS: Record<string, Command> = {
  pause_mentor: {
    call: (tx, { mentor }) => call(tx, "pause_mentor", { mentor_id: mentor.id, reason: "Rest" }),
    permitted: MENTOR_TOO,
  },
  resume_mentor: {
    arrange: (tx, { mentor }) => aPause(tx, mentor),
    call: (tx, { mentor }) => call(tx, "resume_mentor", { mentor_id: mentor.id }),
    permitted: MENTOR_TOO,
  },
  retire_mentor: {
    call: (tx, { mentor }) => call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Moves" }),
    permitted: MENTOR_TOO,
  },
  reenroll_mentor: {
    arrange: (tx, { mentor }) =>
      tx.query("update app_public.mentors set status = 'retired' where id = $1", [mentor.id]),
    call: (tx, { mentor }) => call(tx, "reenroll_mentor", { mentor_id: mentor.id }),
    permitted: RESPONSIBLE,
  },
  open_assignment: {
    call: (tx, { mentor }) =>
      call(tx, "open_assignment", {
        mentor_id: mentor.id,
        assignment_key: "new",
        client_reference: "client",
      }),
    permitted: MENTOR_TOO,
  },
  close_assignment: {
    call: (tx, { assignmentId }) => call(tx, "close_assignment", { assignment_id: assignmentId }),
    permitted: MENTOR_TOO,
  },
  register_activity: {
    call: (tx, { assignmentId }) => call(tx, "register_activity", { assignment_id: assignmentId }),
    permitted: MENTOR_TOO,
  },
  register_activities: {
    call: (tx, { assignmentId }) =>
      tx.query(
        `select app_public.register_activities(
           array[($1, null, null)::app_public.activity_input])`,
        [assignmentId],
      ),
    permitted: MENTOR_TOO,
  },
  remove_activity: {
    call: (tx, { activityId }) => call(tx, "remove_activity", { activity_id: activityId }),
    permitted: MENTOR_TOO,
  },
  correct_last_contact: {
    call: (tx, { assignmentId }) =>
      call(tx, "correct_last_contact", {
        assignment_id: assignmentId,
        last_contact_on: TODAY,
        reason: "It was today",
      }),
    permitted: {
      own: ["chapterAdministrator", "organizationAdministrator"],
      other: ["organizationAdministrator"],
      foreign: ["foreignAdministrator"],
    },
  },
  grant_certification: {
    call: (tx, { mentor, typeId }) =>
      call(tx, "grant_certification", {
        mentor_id: mentor.id,
        certification_type_id: typeId,
        valid_from: TODAY,
        expires_on: addDays(TODAY, 730),
      }),
    permitted: RESPONSIBLE,
  },
  revoke_certification: {
    call: (tx, { mentor }) =>
      call(tx, "revoke_certification", {
        certification_id: mentor.certificationId,
        reason: "Forged",
      }),
    permitted: RESPONSIBLE,
  },
  run_nightly: {
    call: (tx, { organizationId }) =>
      call(tx, "run_nightly", { organization_id: organizationId, run_on: TODAY }),
    permitted: plus(OFFICE, "service"),
  },
  approve_nightly_run: {
    call: (tx, { runId }) => call(tx, "approve_nightly_run", { run_id: runId }),
    permitted: ADMINISTRATORS,
  },
  update_organization_settings: {
    call: (tx, { organizationId }) =>
      call(tx, "update_organization_settings", { organization_id: organizationId, grace_days: 1 }),
    permitted: ADMINISTRATORS,
  },
  force_portal_sync: {
    call: (tx, { mentor }) => call(tx, "force_portal_sync", { mentor_id: mentor.id }),
    permitted: RESPONSIBLE,
  },
  retry_failed_portal_syncs: {
    call: (tx, { organizationId }) =>
      call(tx, "retry_failed_portal_syncs", { organization_id: organizationId }),
    permitted: OFFICE,
  },
  reconcile_portal: {
    call: (tx, { organizationId }) =>
      call(tx, "reconcile_portal", { organization_id: organizationId }),
    permitted: ADMINISTRATORS,
  },
  retry_undelivered_notifications: {
    call: (tx, { organizationId }) =>
      call(tx, "retry_undelivered_notifications", { organization_id: organizationId }),
    permitted: OFFICE,
  },
  acknowledge_alert: {
    call: (tx, { alertId }) => call(tx, "acknowledge_alert", { alert_id: alertId }),
    permitted: OFFICE,
  },
  mark_as_read: {
    call: (tx, { inboxId }) => call(tx, "mark_as_read", { delivery_id: inboxId }),
    permitted: { own: ["mentor"], other: [], foreign: [] },
    refusal: "MNNOT",
  },
};

export interface Question {
  ask: (tx: Database, world: World) => Promise<string>;
  /** By persona; who is not here is answered with nothing. */
  answers: Partial<Record<Persona, string>>;
}

/** Names of those ids that the expression answers for; a row of a table of which only the key is known. */
async function answered(
  tx: Database,
  world: World,
  { table, key, answer, ids }: { table: string; key: string; answer: string; ids: string[] },
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `select id
     from unnest($1::uuid[]) as id
     where app_public.${answer}(
       jsonb_populate_record(null::app_public.${table}, jsonb_build_object($2::text, id))
     ) is not null`,
    [ids, key],
  );
  return rows
    .map(({ id }) => world.names.get(id) ?? id)
    .toSorted()
    .join(" ");
}

const itself = (persona: Persona): Partial<Record<Persona, string>> => ({ [persona]: persona });

const OF_MENTOR: Question["answers"] = {
  mentor: "own",
  coordinator: "own",
  chapterAdministrator: "own",
  organizationAdministrator: "other own",
  foreignAdministrator: "foreign",
};

/** Names of the mentors whose ids the query gives. */
async function mentorsOf(tx: Database, world: World, query: string): Promise<string> {
  const { rows } = await tx.query<{ id: string | null }>(
    query,
    query.includes("$1") ? [Object.values(world.owners).map(({ mentor }) => mentor.id)] : [],
  );
  return rows
    .flatMap(({ id }) => (id === null ? [] : [world.names.get(id) ?? id]))
    .toSorted()
    .join(" ");
}

/** Every mentor as a row of which only the key is known. */
const MENTOR_ROWS = `
  select (jsonb_populate_record(null::app_public.mentors, jsonb_build_object('id', id))).*
  from unnest($1::uuid[]) as id`;

const PHONES: Question["answers"] = {
  ...itself("member"),
  ...itself("mentor"),
  coordinator: "coordinator mentor",
  ...itself("formerCoordinator"),
  chapterAdministrator: "chapterAdministrator mentor",
  organizationAdministrator:
    "chapterAdministrator coordinator formerCoordinator member mentor organizationAdministrator otherCoordinator otherMentor",
  foreignAdministrator: "foreignAdministrator foreignCoordinator foreignMentor",
};

const PERSONS: Persona[] = [
  "member",
  "mentor",
  "coordinator",
  "formerCoordinator",
  "chapterAdministrator",
  "organizationAdministrator",
  "foreignAdministrator",
];

export const QUESTIONS: Record<string, Question> = {
  current_person_id: {
    ask: async (tx, { names }) => {
      const { rows } = await tx.query("select app_public.current_person_id() as id");
      return names.get(rows[0].id) ?? "";
    },
    answers: Object.assign({}, ...PERSONS.map(itself)),
  },
  current_person: {
    ask: async (tx, { names }) => {
      const { rows } = await tx.query("select id from app_public.current_person()");
      return names.get(rows[0].id) ?? "";
    },
    answers: Object.assign({}, ...PERSONS.map(itself)),
  },
  people_email: {
    ask: (tx, world) =>
      answered(tx, world, {
        table: "people",
        key: "id",
        answer: "people_email",
        ids: Object.values(world.people),
      }),
    answers: { ...PHONES, mentor: "coordinator mentor" },
  },
  people_phone: {
    ask: (tx, world) =>
      answered(tx, world, {
        table: "people",
        key: "id",
        answer: "people_phone",
        ids: Object.values(world.people),
      }),
    answers: PHONES,
  },
  mentors_portal_notice: {
    ask: (tx, world) =>
      answered(tx, world, {
        table: "mentors",
        key: "id",
        answer: "mentors_portal_notice",
        ids: Object.values(world.owners).map(({ mentor }) => mentor.id),
      }),
    answers: OF_MENTOR,
  },
  mentors_roster_entry: {
    ask: async (tx, world) => {
      const entries = "select (app_public.mentors_roster_entry(m)).mentor_id as id";
      return await mentorsOf(tx, world, `${entries} from (${MENTOR_ROWS}) as m`);
    },
    answers: OF_MENTOR,
  },
  roster_entry_mentor: {
    ask: async (tx, world) => {
      const mentors = "select (app_public.roster_entry_mentor(e)).id";
      return await mentorsOf(
        tx,
        world,
        `${mentors} from (${MENTOR_ROWS.replace("mentors", "roster_entry").replace("'id'", "'mentor_id'")}) as e`,
      );
    },
    answers: OF_MENTOR,
  },
  mentor_timeline: {
    ask: (tx, world) =>
      mentorsOf(
        tx,
        world,
        `select m.id
         from app_public.mentors as m
         where exists (select from app_public.mentor_timeline(m))`,
      ),
    answers: OF_MENTOR,
  },
  explain_mentor: {
    ask: async (tx, { owners, names }) => {
      const { id } = owners.own.mentor;
      const { rowCount } = await tx.query("select from app_public.explain_mentor($1)", [id]);
      return rowCount === 0 ? "nothing" : (names.get(id) ?? id);
    },
    answers: {
      ...Object.fromEntries(PERSONAS.map((persona) => [persona, "MNDEN"])),
      mentor: "own",
      coordinator: "own",
      chapterAdministrator: "own",
      organizationAdministrator: "own",
    },
  },
  roster: {
    ask: (tx, world) =>
      mentorsOf(
        tx,
        world,
        "select e.mentor_id as id from app_public.roster() as r, unnest(r.nodes) as e",
      ),
    answers: OF_MENTOR,
  },
  undelivered_notifications: {
    ask: (tx, world) =>
      mentorsOf(
        tx,
        world,
        "select distinct u.mentor_id as id from app_public.undelivered_notifications() as u",
      ),
    answers: OF_MENTOR,
  },
  dashboard: {
    ask: async (tx, { names }) => {
      const { rows } = await tx.query<{ organization_id: string }>(
        "select organization_id from app_public.dashboard()",
      );
      return names.get(rows[0]!.organization_id) ?? "";
    },
    answers: {
      anonymous: "MNDEN",
      unknown: "MNDEN",
      service: "MNDEN",
      member: "MNDEN",
      mentor: "MNDEN",
      coordinator: "home",
      formerCoordinator: "home",
      chapterAdministrator: "home",
      organizationAdministrator: "home",
      foreignAdministrator: "abroad",
    },
  },
  portal_listings_notice: {
    ask: (tx, world) =>
      answered(tx, world, {
        table: "portal_listings",
        key: "mentor_id",
        answer: "portal_listings_notice",
        ids: Object.values(world.owners).map(({ mentor }) => mentor.id),
      }),
    answers: {
      mentor: "own",
      coordinator: "own",
      chapterAdministrator: "own",
      organizationAdministrator: "other own",
      foreignAdministrator: "foreign",
    },
  },
  inbox: {
    ask: async (tx, { names }) => {
      const { rows } = await tx.query("select recipient_id from app_public.inbox()");
      return rows.map(({ recipient_id }) => names.get(recipient_id)).join(" ");
    },
    answers: { ...itself("mentor"), ...itself("coordinator") },
  },
  notification_deliveries_subject: {
    ask: (tx, world) => wordsOf(tx, world, "notification_deliveries_subject"),
    answers: { mentor: "To the mentor" },
  },
  notification_deliveries_body: {
    ask: (tx, world) => wordsOf(tx, world, "notification_deliveries_body"),
    answers: { mentor: "Words" },
  },
  nightly_plan: {
    ask: async (tx, { names, organization }) => {
      const { rows } = await tx.query<{ mentor_id: string }>(
        "select distinct mentor_id from app_public.nightly_plan($1, $2, true)",
        [organization.id, TODAY],
      );
      return rows
        .map((row) => names.get(row.mentor_id) ?? row.mentor_id)
        .toSorted()
        .join(" ");
    },
    answers: {
      anonymous: "MNDEN",
      unknown: "MNDEN",
      service: "MNDEN",
      member: "MNDEN",
      mentor: "MNDEN",
      coordinator: "own",
      chapterAdministrator: "own",
      organizationAdministrator: "other own",
      foreignAdministrator: "MNDEN",
    },
  },
};

/** What a computed field says of the message in the mentor's inbox. */
async function wordsOf(tx: Database, world: World, field: string): Promise<string> {
  const { rows } = await tx.query(
    `select app_public.${field}(
       jsonb_populate_record(
         null::app_public.notification_deliveries, jsonb_build_object('id', $1::uuid)
       )
     ) as words`,
    [world.owners.own.inboxId],
  );
  return rows[0].words ?? "";
}

/** Functions of app_private that policies and questions call; they cannot be called by name. */
export const ASKED_BY_POLICIES = [
  "administered_chapter_ids",
  "administered_organization_id",
  "clock",
  "current_organization_id",
  "is_any_administrator",
  "office_organization_id",
  "reads_mentor",
  "roster_cursor",
  "roster_entries",
  "roster_page",
  "today",
];

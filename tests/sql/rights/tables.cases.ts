import type { Persona } from "../../support/rights.ts";

/*
 * Who reads what of each table, written by hand: the policies must agree with it and not the other way
 * round.
 */
export interface TableCase {
  /** SQL over columns that the visitor reads: what the row is about. */
  about: string;
  /** Names of what is seen, sorted; a persona who is not here sees nothing. */
  sees: Partial<Record<Persona, string>>;
  /** Columns that the visitor may not read. */
  hidden?: string[];
}

/** The mentor's rows, for those who may read the mentor. */
const OF_MENTOR: TableCase["sees"] = {
  mentor: "own",
  coordinator: "own",
  chapterAdministrator: "own",
  organizationAdministrator: "other own",
  foreignAdministrator: "foreign",
};

/** What concerns an organisation, for those who hold an office in it. */
const OF_OFFICE: TableCase["sees"] = {
  coordinator: "home",
  formerCoordinator: "home",
  chapterAdministrator: "home",
  organizationAdministrator: "home",
  foreignAdministrator: "abroad",
};

/** What everybody may know who belongs to the organisation. */
const OF_EVERYBODY: TableCase["sees"] = { ...OF_OFFICE, member: "home", mentor: "home" };

const VOCABULARY: TableCase = {
  about: "'words'",
  sees: {
    member: "words",
    mentor: "words",
    coordinator: "words",
    formerCoordinator: "words",
    chapterAdministrator: "words",
    organizationAdministrator: "words",
    foreignAdministrator: "words",
  },
};

const ofMentor = (...hidden: string[]): TableCase => ({
  about: "mentor_id",
  sees: OF_MENTOR,
  hidden,
});

/** Every table of app_public that a client reads; the others are granted to nobody. */
export const TABLES: Record<string, TableCase> = {
  organizations: { about: "id", sees: OF_EVERYBODY },
  organization_settings: { about: "organization_id", sees: OF_OFFICE },
  chapters: { about: "organization_id", sees: OF_EVERYBODY },
  people: {
    about: "id",
    sees: {
      member: "member",
      mentor: "coordinator formerCoordinator mentor",
      coordinator:
        "chapterAdministrator coordinator formerCoordinator mentor organizationAdministrator otherCoordinator",
      formerCoordinator:
        "chapterAdministrator coordinator formerCoordinator organizationAdministrator otherCoordinator",
      chapterAdministrator:
        "chapterAdministrator coordinator formerCoordinator mentor organizationAdministrator otherCoordinator",
      organizationAdministrator:
        "chapterAdministrator coordinator formerCoordinator member mentor organizationAdministrator otherCoordinator otherMentor",
      foreignAdministrator: "foreignAdministrator foreignCoordinator foreignMentor",
    },
    hidden: ["auth_subject", "email", "phone"],
  },
  organization_administrators: {
    about: "person_id",
    sees: {
      coordinator: "organizationAdministrator",
      formerCoordinator: "organizationAdministrator",
      chapterAdministrator: "organizationAdministrator",
      organizationAdministrator: "organizationAdministrator",
      foreignAdministrator: "foreignAdministrator",
    },
  },
  chapter_administrators: {
    about: "person_id",
    sees: {
      coordinator: "chapterAdministrator",
      formerCoordinator: "chapterAdministrator",
      chapterAdministrator: "chapterAdministrator",
      organizationAdministrator: "chapterAdministrator",
    },
  },
  coordinators: {
    about: "person_id",
    sees: {
      coordinator: "coordinator formerCoordinator otherCoordinator",
      formerCoordinator: "coordinator formerCoordinator otherCoordinator",
      chapterAdministrator: "coordinator formerCoordinator otherCoordinator",
      organizationAdministrator: "coordinator formerCoordinator otherCoordinator",
      foreignAdministrator: "foreignCoordinator",
    },
  },
  error_codes: VOCABULARY,
  mentor_statuses: VOCABULARY,
  mentor_status_transitions: VOCABULARY,
  mentors: { about: "id", sees: OF_MENTOR },
  coordinator_assignments: {
    about: "mentor_id || ':' || coordinator_id",
    sees: {
      mentor: "own:coordinator own:formerCoordinator",
      coordinator: "own:coordinator own:formerCoordinator",
      formerCoordinator: "own:formerCoordinator",
      chapterAdministrator: "own:coordinator own:formerCoordinator",
      organizationAdministrator: "other:otherCoordinator own:coordinator own:formerCoordinator",
      foreignAdministrator: "foreign:foreignCoordinator",
    },
  },
  mentor_pauses: ofMentor("is_silent"),
  mentor_journal: ofMentor("previous_version", "arrow_from", "arrow_to"),
  certification_types: { about: "organization_id", sees: OF_EVERYBODY },
  certifications: ofMentor("is_silent"),
  certification_reminders: ofMentor(),
  assignments: ofMentor("entered_contact_on"),
  activities: ofMentor(),
  activity_assignments: ofMentor(),
  last_contact_corrections: ofMentor("entered_contact_on"),
  follow_up_reminders: ofMentor(),
  nightly_runs: { about: "organization_id", sees: OF_OFFICE },
  nightly_run_starts: { about: "organization_id", sees: OF_OFFICE },
  nightly_run_actions: {
    about: "mentor_id",
    sees: {
      coordinator: "own",
      chapterAdministrator: "own",
      organizationAdministrator: "other own",
      foreignAdministrator: "foreign",
    },
  },
  notifications: {
    about: "mentor_id || ':' || audience",
    sees: {
      mentor: "own:mentor",
      coordinator: "own:coordinators own:mentor",
      chapterAdministrator: "own:coordinators own:mentor",
      organizationAdministrator: "other:coordinators other:mentor own:coordinators own:mentor",
      foreignAdministrator: "foreign:coordinators foreign:mentor",
    },
    hidden: ["dedupe_key"],
  },
  notification_deliveries: {
    about: "recipient_id",
    sees: {
      mentor: "mentor",
      coordinator: "coordinator mentor",
      chapterAdministrator: "coordinator mentor",
      organizationAdministrator: "coordinator mentor otherCoordinator otherMentor",
      foreignAdministrator: "foreignCoordinator foreignMentor",
    },
    hidden: ["lease_token", "lease_until", "message_id", "error_response", "subject", "body"],
  },
  portal_attempts: ofMentor("revision", "actor"),
  portal_listings: ofMentor(
    "remote_id",
    "observed_version",
    "observed_revision",
    "write_inflight",
    "lease_token",
    "lease_until",
  ),
  portal_events: ofMentor(),
  portal_reconciliations: {
    about: "'everything'",
    sees: { organizationAdministrator: "everything", foreignAdministrator: "everything" },
  },
  discrepancies: {
    about: "coalesce(mentor_id, organization_id)",
    sees: {
      coordinator: "home own",
      formerCoordinator: "home",
      chapterAdministrator: "home own",
      organizationAdministrator: "home other own",
      foreignAdministrator: "abroad foreign",
    },
  },
  alerts: {
    about: "coalesce(organization_id::text, 'system')",
    sees: {
      coordinator: "home",
      formerCoordinator: "home",
      chapterAdministrator: "home",
      organizationAdministrator: "home system",
      foreignAdministrator: "abroad system",
    },
  },
};

/** Tables of app_public that no client reads, and why. */
export const UNREAD: Record<string, string> = {
  notification_attempts: "what the mail server answered; the delivery says what it means",
};

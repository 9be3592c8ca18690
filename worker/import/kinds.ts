/** The kinds of files that can be imported, and the columns that each must have. */
export const kinds = {
  people: ["email", "full_name", "phone", "locale", "auth_subject", "roles"],
  mentors: [
    "mentor_key",
    "email",
    "full_name",
    "phone",
    "locale",
    "chapter",
    "portal_consent",
    "coordinator_emails",
    "certification_type",
    "valid_from",
    "expires_on",
  ],
  assignments: ["assignment_key", "mentor_key", "client_reference", "opened_on", "last_contact_on"],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof kinds;

export function isKind(value: string): value is Kind {
  return Object.hasOwn(kinds, value);
}

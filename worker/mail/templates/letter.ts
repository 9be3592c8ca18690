import type { DataOf, MailKind } from "./data.ts";
import { inOneLine, shortened, writtenDate, writtenDays } from "./words.ts";

/** What one kind of mail says; the frame adds greeting, farewell and why it was sent. */
export interface Letter {
  subject: string;
  /** What has happened and what it means. */
  news: string[];
  /** What to do, and whom to ask. */
  todo: string[];
}

/** The words of one kind in one language, for the mentor and for those who are responsible. */
export interface Voices<Kind extends MailKind> {
  mentor: (data: DataOf<Kind>, facts: Facts) => Letter;
  others: (data: DataOf<Kind>, facts: Facts) => Letter;
}

/** What all letters need, ready to be put into a sentence. */
export interface Facts {
  name: string;
  /** Short enough for a subject. */
  shortName: string;
  /** The name and the association's key. */
  mentor: string;
  date: (date: string) => string;
  days: (count: number) => string;
}

/** With it, the longest subject of all languages stays within 78 characters. */
const SHORT_NAME_LENGTH = 26;

export function factsOf({ locale, mentorName, mentorKey }: DataOf<MailKind>): Facts {
  const name = inOneLine(mentorName);
  return {
    name,
    shortName: shortened(name, SHORT_NAME_LENGTH),
    mentor: `${name} (${inOneLine(mentorKey)})`,
    date: (date) => writtenDate(locale, date),
    days: (count) => writtenDays(locale, count),
  };
}

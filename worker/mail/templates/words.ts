import type { Locale } from "../locale.ts";

const TAGS: Record<Locale, string> = { nb: "nb-NO", nn: "nn-NO", en: "en-GB" };

/** Made once: it takes longer to make one than to put a whole mail into words. */
const DATES = byLocale(
  (tag) => new Intl.DateTimeFormat(tag, { dateStyle: "long", timeZone: "UTC" }),
);
const ALTERNATIVES = byLocale((tag) => new Intl.ListFormat(tag, { type: "disjunction" }));

function byLocale<Format>(make: (tag: string) => Format): Record<Locale, Format> {
  return { nb: make(TAGS.nb), nn: make(TAGS.nn), en: make(TAGS.en) };
}

const NO_BREAK_SPACE = "\u00a0";

/** 5. desember 2026; 5 December 2026. Its parts stay in one line. */
export function writtenDate(locale: Locale, date: string): string {
  return DATES[locale].format(new Date(`${date}T00:00:00Z`)).replaceAll(" ", NO_BREAK_SPACE);
}

const DAYS: Record<Locale, { one: string; many: string }> = {
  nb: { one: "én dag", many: "dager" },
  nn: { one: "éin dag", many: "dagar" },
  en: { one: "one day", many: "days" },
};

/** 14 dager; én dag. Its parts stay in one line. */
export function writtenDays(locale: Locale, count: number): string {
  const { one, many } = DAYS[locale];
  return (count === 1 ? one : `${count} ${many}`).replaceAll(" ", NO_BREAK_SPACE);
}

/** For plain text, once its lines are made. */
export function withPlainSpaces(text: string): string {
  return text.replaceAll(NO_BREAK_SPACE, " ");
}

/** A eller B; A, B or C. */
export function oneOf(locale: Locale, names: string[]): string {
  return ALTERNATIVES[locale].format(names);
}

/** Control characters, ends of lines, and the marks that turn the direction of the text around. */
const UNWANTED = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name in one line, whatever somebody has entered. */
export function inOneLine(text: string): string {
  return text.toWellFormed().replaceAll(UNWANTED, " ").replaceAll(/\s+/g, " ").trim();
}

/** Cuts between two characters as people see them. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  let short = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (short.length + segment.length > length - 1) break;
    short += segment;
  }
  return `${short.trimEnd()}…`;
}

/** Never returned as long as the compiler was asked: the value has a kind that is not known. */
export function speechless(_value: never): Error {
  return new TypeError("There are no words for a mail of this kind.");
}

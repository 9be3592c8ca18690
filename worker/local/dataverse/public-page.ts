import { html, json } from "./answers.ts";
import type { Answer, Incoming } from "./answers.ts";
import type { Table } from "./table.ts";
import type { Row } from "./types.ts";

interface Listing {
  /** ISO instant at which the rows were read. */
  asOf: string;
  keys: string[];
}

/** Whether a visitor sees the row on a day. */
export function isShown(row: Row, on: string): boolean {
  return row.visible && (row.visibleUntil === null || row.visibleUntil >= on);
}

/** The day in Norway, yyyy-mm-dd. */
export function todayInOslo(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Oslo" }).format(new Date());
}

/** The listing on the association's website, which may show what was true a while ago. */
export class PublicPage {
  readonly #table: Table;
  readonly #cacheMinutes: number;
  #advancedMs = 0;
  #cached: { listing: Listing; endsAt: number } | undefined;

  constructor(table: Table, cacheMinutes: number) {
    this.#table = table;
    this.#cacheMinutes = cacheMinutes;
  }

  advance(minutes: number): void {
    this.#advancedMs += minutes * 60_000;
  }

  /** `/portal` for people, `/portal.json` for programs; `fresh=1` looks past the cache. */
  answer(request: Incoming): Answer {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return { status: 405, headers: { Allow: "GET, HEAD" } };
    }
    const listing = request.query.get("fresh") === "1" ? this.#read() : this.#readCached();
    return request.path === "/portal.json" ? json(200, listing) : html(200, page(listing));
  }

  #readCached(): Listing {
    const now = Date.now() + this.#advancedMs;
    if (this.#cached === undefined || now >= this.#cached.endsAt) {
      this.#cached = { listing: this.#read(), endsAt: now + this.#cacheMinutes * 60_000 };
    }
    return this.#cached.listing;
  }

  #read(): Listing {
    const today = todayInOslo();
    const shown = this.#table.rows().filter((row) => isShown(row, today));
    const keys = shown.map((row) => row.key).filter((key) => key !== null);
    return { asOf: new Date().toISOString(), keys: keys.toSorted() };
  }
}

const STYLE = `
  body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
  ul { padding-left: 1.5rem; }
  a { color: #0b4f8a; }`;

function page({ asOf, keys }: Listing): string {
  const time = new Intl.DateTimeFormat("nb-NO", {
    dateStyle: "long",
    timeStyle: "medium",
    timeZone: "Europe/Oslo",
  }).format(new Date(asOf));
  const items = keys.map((key) => `\n      <li>${escapeHtml(key)}</li>`).join("");
  return `<!DOCTYPE html>
<html lang="nb">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Likepersoner</title>
  <style>${STYLE}
  </style>
</head>
<body>
  <main>
    <h1>Likepersoner</h1>
    <p>${howMany(keys.length)}, oppdatert <time datetime="${asOf}">${escapeHtml(time)}</time>.</p>
    <ul>${items}
    </ul>
    <p><a href="/portal?fresh=1">Vis siste tilstand</a></p>
  </main>
</body>
</html>
`;
}

function howMany(count: number): string {
  if (count === 0) return "Ingen likepersoner";
  return count === 1 ? "1 likeperson" : `${count} likepersoner`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

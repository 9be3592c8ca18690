import { z } from "zod";
import { DynamicsError } from "./errors.ts";
import type { Answer } from "./http.ts";
import type { PortalRecord } from "./listing.ts";
import type { Rows } from "./rows.ts";
import { jsonOf, unusable } from "./web-api.ts";

/** Five million rows at Dataverse's page size. A list that never ends is not followed for ever. */
const MAX_PAGES = 1000;

const PAGE = z.object({
  value: z.array(z.looseObject({})),
  "@odata.nextLink": z.string().optional(),
});

/** Follows a list from page to page. The link of a page is opaque, and must stay on the same host. */
export async function* listPages(
  first: string,
  rows: Rows,
  fetchPage: (url: string) => Promise<Answer>,
): AsyncGenerator<PortalRecord[]> {
  const seen = new Set<string>();
  for (let url: string | undefined = first; url !== undefined;) {
    if (seen.has(url) || seen.size === MAX_PAGES) throw endless();
    seen.add(url);
    const answer = await fetchPage(url);
    const { success, data } = PAGE.safeParse(jsonOf(answer));
    if (!success) throw unusable(answer);
    yield data.value.map((row) => rows.parse(row));
    url = data["@odata.nextLink"];
    if (url !== undefined && URL.parse(url)?.origin !== new URL(first).origin) throw elsewhere();
  }
}

function endless(): DynamicsError {
  return new DynamicsError("Dataverse's list of rows does not end; it is tried again.", {
    errorClass: "transient",
  });
}

function elsewhere(): DynamicsError {
  return new DynamicsError(
    "The next page of Dataverse's list is on another host, which must not get the token; " +
      "check DYNAMICS_URL.",
    { errorClass: "config" },
  );
}

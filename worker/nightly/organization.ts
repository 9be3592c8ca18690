import type pg from "pg";

export interface Organization {
  id: string;
  slug: string;
  name: string;
  /** Today on the organisation's own calendar, yyyy-mm-dd. */
  today: string;
}

/** Finds an organisation by its slug; an unknown one is an error that names those there are. */
export async function findOrganization(
  client: Pick<pg.ClientBase, "query">,
  slug: string,
): Promise<Organization> {
  const { rows } = await client.query<Organization>(
    `select o.id, o.slug, o.name, app_private.local_date(o.id)::text as today
     from app_public.organizations as o
     where o.slug = $1`,
    [slug],
  );
  const organization = rows[0];
  if (organization !== undefined) return organization;
  const known = await client.query<{ slug: string }>(
    "select o.slug from app_public.organizations as o order by o.slug limit 20",
  );
  const slugs = known.rows.map((row) => row.slug).join(", ");
  throw new Error(
    `There is no organisation "${slug}". ` +
      (slugs === ""
        ? "Create one with npm run organization:create."
        : `There are: ${slugs}. Check the slug.`),
  );
}

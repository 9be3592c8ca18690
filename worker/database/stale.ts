import pg from "pg";
import type { ClientBase } from "pg";

interface CatalogueObject {
  /** Catalogue and oid: the object's identity. */
  key: string;
  /** Changes whenever the object is created or replaced. */
  xmin: string;
  description: string;
  /** The statement that removes it, without cascade. */
  remedy: string;
}

export type RememberedObjects = Map<string, string>;

/**
 * Everything that sql/ may create, in the order in which it can be dropped: triggers and policies
 * use functions, views may too. Members of extensions belong to these.
 */
async function listObjects(client: ClientBase): Promise<CatalogueObject[]> {
  const { rows } = await client.query<CatalogueObject>(`
    with app as (
      select n.oid, n.nspname
      from pg_catalog.pg_namespace as n
      where n.nspname in ('app_public', 'app_private')
    ), object as (
      select 1 as rank, 'trigger ' || t.oid as key, t.xmin::text,
        format('trigger %I on %s', t.tgname, t.tgrelid::regclass) as description,
        format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) as remedy
      from pg_catalog.pg_trigger as t
      join pg_catalog.pg_class as c on c.oid = t.tgrelid
      join app on app.oid = c.relnamespace
      where not t.tgisinternal
        and t.tgparentid = 0

      union all
      select 2, 'policy ' || p.oid, p.xmin::text,
        format('policy %I on %s', p.polname, p.polrelid::regclass),
        format('drop policy %I on %s', p.polname, p.polrelid::regclass)
      from pg_catalog.pg_policy as p
      join pg_catalog.pg_class as c on c.oid = p.polrelid
      join app on app.oid = c.relnamespace

      union all
      select 3, 'view ' || c.oid, r.xmin::text,
        format('view %s', c.oid::regclass),
        format('drop view %s', c.oid::regclass)
      from pg_catalog.pg_class as c
      join pg_catalog.pg_rewrite as r on r.ev_class = c.oid and r.rulename = '_RETURN'
      join app on app.oid = c.relnamespace
      where c.relkind = 'v'
        and not exists (
          select from pg_catalog.pg_depend as d
          where d.classid = 'pg_catalog.pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
        )

      union all
      select 4, 'function ' || p.oid, p.xmin::text,
        format('function %s', p.oid::regprocedure),
        format('drop routine %s', p.oid::regprocedure)
      from pg_catalog.pg_proc as p
      join app on app.oid = p.pronamespace
      where not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_proc'::regclass
          and d.objid = p.oid
          and d.deptype = 'e'
      )
    )
    select o.key, o.xmin, o.description, o.remedy
    from object as o
    order by o.rank, o.description
  `);
  return rows;
}

/** What is there before the files run; an object that they replace gets another xmin. */
export async function rememberObjects(client: ClientBase): Promise<RememberedObjects> {
  const objects = await listObjects(client);
  return new Map(objects.map(({ key, xmin }) => [key, xmin]));
}

/**
 * Drops what was there before and no file has created again, and says what it dropped.
 *
 * Two stale objects may need each other (a view that calls a function), hence the rounds. What is
 * left at the end is needed by something that stays, which a person has to sort out.
 */
export async function dropStale(client: ClientBase, before: RememberedObjects): Promise<string[]> {
  const objects = await listObjects(client);
  let stale = objects.filter(({ key, xmin }) => before.get(key) === xmin);
  const dropped: string[] = [];
  while (stale.length > 0) {
    const refused: { object: CatalogueObject; error: pg.DatabaseError }[] = [];
    for (const object of stale) {
      await client.query("savepoint stale");
      try {
        await client.query(object.remedy);
        await client.query("release savepoint stale");
        dropped.push(object.description);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === DEPENDENT_OBJECTS)) throw error;
        await client.query("rollback to savepoint stale");
        refused.push({ object, error });
      }
    }
    const [first] = refused;
    if (first && refused.length === stale.length) throw stillNeeded(first.object, first.error);
    stale = refused.map(({ object }) => object);
  }
  return dropped;
}

const DEPENDENT_OBJECTS = "2BP01";

function stillNeeded(object: CatalogueObject, error: pg.DatabaseError): Error {
  return new Error(
    `No file in sql/ creates ${object.description}, but it cannot be dropped: ${error.detail ?? error.message}. ` +
      `Either give it a file in sql/, or change what needs it in a migration.`,
    { cause: error },
  );
}

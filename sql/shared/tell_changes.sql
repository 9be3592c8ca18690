/*
 * Ids and nothing else: every login of the server may listen to every channel. Equal ones collapse
 * within a transaction, and they are sent when it commits. Of a statement that changes very many
 * rows only that is told: whoever looks at a page reads it again anyway.
 */
create or replace function app_private.tell_changes(
  topic text,
  organization_ids uuid[],
  ids uuid[]
) returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_are_few constant boolean := cardinality(ids) <= 50;
begin
  perform pg_notify('mentor_lifecycle_changes', concat_ws(' ', topic, c.organization_id, c.id))
  from (
    select distinct u.organization_id, case when v_are_few then u.id end as id
    from unnest(organization_ids, ids) as u (organization_id, id)
  ) as c;
end;
$$;
comment on function app_private.tell_changes(text, uuid[], uuid[]) is
  'Lets dashboards that listen know what changed, once the transaction commits: "topic organisation
id", or without the id if it is too much to name. Topics: mentor, portal (by mentor), run.';

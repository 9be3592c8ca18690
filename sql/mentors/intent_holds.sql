/*
 * Whoever pauses, resumes or re-enrols a mentor has decided about the mentor's availability. What
 * others changed meanwhile about certifications, consent or chapter does not touch that; another
 * pause, its end, a retirement or a new enrolment does. To retire somebody ends an engagement:
 * whoever does that on an outdated picture looks again.
 */
create or replace function app_private.intent_holds(
  command text,
  mentor_id uuid,
  since_version integer
) returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select intent_holds.command in ('pause_mentor', 'resume_mentor', 'reenroll_mentor')
    and exists (
      select from app_public.mentor_journal as j
      where j.mentor_id = intent_holds.mentor_id
        and j.version = since_version
    )
    and not exists (
      select from app_public.mentor_journal as j
      left join app_public.mentor_pauses as p on p.id = j.pause_id
      where j.mentor_id = intent_holds.mentor_id
        and j.version > since_version
        and (j.event in ('retired', 'reenrolled') or p.kind = 'person')
    )
$$;
comment on function app_private.intent_holds(text, uuid, integer) is
  'Whether a command that its caller decided on at a version of the mentor still makes sense,
whatever else has changed since (S4).';

/*
 * %1$s is an instant or a date, %2$s the reason or what the portal said.
 */
create or replace function app_private.portal_notice_text(code text, locale text) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case portal_notice_text.locale when 'nb' then t.nb when 'nn' then t.nn else t.en end
  from (values
    ('hide_pending',
      'Venter på Dynamics siden %1$s: likepersonen kan fortsatt være synlig på nettsiden.',
      'Ventar på Dynamics sidan %1$s: likepersonen kan framleis vere synleg på nettsida.',
      'Dynamics sync pending since %1$s: the mentor may still be visible on the portal.'),
    ('show_pending',
      'Venter på Dynamics siden %1$s: likepersonen er kanskje ikke synlig på nettsiden ennå.',
      'Ventar på Dynamics sidan %1$s: likepersonen er kanskje ikkje synleg på nettsida enno.',
      'Dynamics sync pending since %1$s: the mentor may not be visible on the portal yet.'),
    ('throttled',
      'Dynamics ber oss vente til %1$s.',
      'Dynamics ber oss vente til %1$s.',
      'Dynamics asks us to wait until %1$s.'),
    ('auth',
      'Innloggingen til Dynamics har vært avvist siden %1$s.',
      'Innlogginga til Dynamics har vore avvist sidan %1$s.',
      'The login to Dynamics has been refused since %1$s.'),
    ('config',
      'Oppsettet mot Dynamics har ikke passet siden %1$s.',
      'Oppsettet mot Dynamics har ikkje passa sidan %1$s.',
      'The settings for Dynamics have not fitted since %1$s.'),
    ('transient',
      'Dynamics har ikke svart siden %1$s.',
      'Dynamics har ikkje svart sidan %1$s.',
      'Dynamics has not answered since %1$s.'),
    ('retrying',
      'Forrige forsøk mislyktes; neste forsøk er %1$s.',
      'Førre forsøk lukkast ikkje; neste forsøk er %1$s.',
      'The last attempt failed; the next one is at %1$s.'),
    ('held',
      'Trenger oppfølging: noen skjulte likepersonen i Dynamics (oppdaget %1$s). Synkroniser på nytt for å vise igjen.',
      'Treng oppfølging: nokon gøymde likepersonen i Dynamics (oppdaga %1$s). Synkroniser på nytt for å vise igjen.',
      'Needs attention: somebody hid the mentor in Dynamics (found %1$s). Force a sync to show the mentor again.'),
    ('missing',
      'Trenger oppfølging: Dynamics har ingen rad for likepersonen, som derfor ikke vises.',
      'Treng oppfølging: Dynamics har inga rad for likepersonen, som difor ikkje blir vist.',
      'Needs attention: Dynamics has no row for the mentor, who is therefore not shown.'),
    ('refused_hide',
      'Trenger oppfølging siden %1$s: likepersonen kan fortsatt være synlig. Dynamics avviser endringen: %2$s',
      'Treng oppfølging sidan %1$s: likepersonen kan framleis vere synleg. Dynamics avviser endringa: %2$s',
      'Needs attention since %1$s: the mentor may still be visible. Dynamics refuses the change: %2$s'),
    ('refused_show',
      'Trenger oppfølging siden %1$s: Dynamics avviser endringen: %2$s',
      'Treng oppfølging sidan %1$s: Dynamics avviser endringa: %2$s',
      'Needs attention since %1$s: Dynamics refuses the change: %2$s'),
    ('hidden_lately',
      'Skjult i Dynamics %1$s. Nettsiden kan vise den gamle oppføringen i inntil 15 minutter.',
      'Gøymd i Dynamics %1$s. Nettsida kan vise den gamle oppføringa i inntil 15 minutt.',
      'Hidden in Dynamics at %1$s. The website may lag up to 15 minutes.'),
    ('hidden',
      'Skjult i Dynamics, bekreftet %1$s.',
      'Gøymd i Dynamics, stadfesta %1$s.',
      'Hidden in Dynamics, confirmed at %1$s.'),
    ('absent',
      'Finnes ikke i Dynamics og vises derfor ikke.',
      'Finst ikkje i Dynamics og blir difor ikkje vist.',
      'Not in Dynamics, and therefore not shown.'),
    ('lapsed',
      'Visningen gikk ut %1$s. Nettsiden viser ikke likepersonen lenger; natten melder det til Dynamics.',
      'Visinga gjekk ut %1$s. Nettsida viser ikkje likepersonen lenger; natta melder det til Dynamics.',
      'The listing ended at %1$s. The website no longer shows the mentor; the night will tell Dynamics.'),
    ('shown',
      'Vises i Dynamics, bekreftet %1$s.',
      'Blir vist i Dynamics, stadfesta %1$s.',
      'Shown in Dynamics, confirmed at %1$s.')
  ) as t (code, nb, nn, en)
  where t.code = portal_notice_text.code
$$;
comment on function app_private.portal_notice_text(text, text) is
  'A sentence about a listing for coordinators, in nb, nn or else en (P4).';

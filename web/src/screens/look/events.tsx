/* A list of events: what the screens country, event and report show of one. Invariant: deaths that are not known are said
 * to be so, and the range of the source stands with its best estimate. */
import type { ComponentChildren } from 'preact';
import { link } from '../../app/route';
import type { EventProperties, Feature } from '../../api/types';
import { countryOfGwcode, nameOf } from '../../i18n/countries';
import { day, has, NOT_KNOWN, num, t } from '../../i18n/i18n';
import type { Column } from '../../table/table';

export const dates = (e: EventProperties): string => (e.date_from === e.date_to ? day(e.date_from) : `${day(e.date_from)} – ${day(e.date_to)}`);

export const placeOf = (e: EventProperties): string => [e.adm2, e.adm1].filter(Boolean).join(', ');

export const typeName = (type: string): string => (has(`type.${type}`) ? t(`type.${type}`) : type);

export const precision = (kind: 'place' | 'date', n: number | null): string =>
    n && has(`event.${kind}.${n}`) ? t(`event.${kind}.${n}`) : t('figure.unknown');

/** Best estimate with the source's own range. */
export function deaths(e: { deaths_best: number | null; deaths_low: number | null; deaths_high: number | null }): string {
    if (e.deaths_best == null) return NOT_KNOWN;
    if (e.deaths_low == null && e.deaths_high == null) return num(e.deaths_best);
    if (e.deaths_low === e.deaths_best && e.deaths_high === e.deaths_best) return num(e.deaths_best);
    return t('event.deaths.range', { best: num(e.deaths_best), low: num(e.deaths_low), high: num(e.deaths_high) });
}

export const actors = (e: EventProperties): string => [e.actor_a, e.actor_b].filter(Boolean).join(' – ');

const own = (text: string | null | undefined): ComponentChildren => (text ? <bdi>{text}</bdi> : NOT_KNOWN);

/** The columns of events; `more` come behind the date. */
export function eventColumns<E extends Feature>(more: Column<E>[] = [], withCountry = false): Column<E>[] {
    return [
        { key: 'date', head: t('event.date'), value: (f) => f.properties.date_from, down: true,
            cell: (f) => <a class="nowrap" href={link('event', String(f.id))}>{dates(f.properties)}</a> },
        ...more,
        ...(withCountry ? [{ key: 'country', head: t('figure.country'),
            value: (f: E) => nameOf(countryOfGwcode(f.properties.gwcode)?.iso3) || NOT_KNOWN }] : []),
        { key: 'place', head: t('event.place'), value: (f) => placeOf(f.properties), cell: (f) => own(placeOf(f.properties)) },
        { key: 'type', head: t('event.type'), value: (f) => typeName(f.properties.type) },
        { key: 'deaths', head: t('event.deaths'), number: true, value: (f) => f.properties.deaths_best, cell: (f) => deaths(f.properties) },
        { key: 'actors', head: t('event.actors'), value: (f) => actors(f.properties), cell: (f) => own(actors(f.properties)) },
        { key: 'precision', head: t('event.place_precision'), value: (f) => f.properties.place_precision,
            cell: (f) => precision('place', f.properties.place_precision) },
        { key: 'source', head: t('event.source'), value: (f) => f.properties.source, cell: (f) => own(f.properties.source) },
    ];
}

/** A circle for an event: its area goes with the deaths. */
export const radius = (best: number | null): number => 2.5 + Math.min(16, Math.sqrt(Math.max(0, best ?? 0)) * 0.9);

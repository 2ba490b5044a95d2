/* Events of the view as a list: what the map shows as points, with the same filters and the same box. */
import { get, useAsked, type Query } from '../../api/client';
import type { Feature, FeatureCollection } from '../../api/types';
import { Answer, Export } from '../../app/parts';
import { link } from '../../app/route';
import { countryOfGwcode, nameOf } from '../../i18n/countries';
import { day, num, t, tn } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';

const SHOWN = 200;

const columns = (): Column<Feature>[] => [
    { key: 'date', head: t('events.date'), value: (f) => f.properties.date_from, down: true, cell: (f) => <a href={link('event', String(f.id))}>{day(f.properties.date_from)}</a> },
    { key: 'country', head: t('list.country'), value: (f) => nameOf(countryOfGwcode(f.properties.gwcode)?.iso3) || null },
    { key: 'type', head: t('filter.type'), value: (f) => t(`type.${f.properties.type}`) },
    { key: 'deaths', head: t('events.deaths'), number: true, value: (f) => f.properties.deaths_best, cell: (f) => num(f.properties.deaths_best) },
    {
        key: 'actors', head: t('events.actors'), value: (f) => [f.properties.actor_a, f.properties.actor_b].filter(Boolean).join(' / ') || null,
        cell: (f) => <bdi>{[f.properties.actor_a, f.properties.actor_b].filter(Boolean).join(' / ') || '–'}</bdi>,
    },
];

export function Events({ query, total }: { query: Query; total: number | null }) {
    const key = JSON.stringify(query);
    return <Asked key={key} query={query} total={total} />;
}

function Asked({ query, total }: { query: Query; total: number | null }) {
    const asked = useAsked((stop) => get<FeatureCollection>('api/v1/collections/events/items', { ...query, limit: SHOWN }, stop));
    return (
        <Answer asked={asked}>
            {(answer) => (
                <>
                    <p class="note">
                        {total !== null && tn('events.shown', total)}{' '}
                        {answer.links.some((l) => l.rel === 'next') && t('events.newest', { n: num(answer.features.length) })}
                    </p>
                    <Table caption={t('events.caption')} hideCaption rows={answer.features} columns={columns()} rowKey={(f) => String(f.id)} step={SHOWN} />
                    <Export path="api/v1/collections/events/items" query={{ ...query, all: true }} name="events" forms={['csv', 'geojson']} />
                </>
            )}
        </Answer>
    );
}

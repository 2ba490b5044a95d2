/* The latest events of a country: on a map and as a table. Invariant: both show the same answer, and so does the file. */
import { Answer, Export } from '../../app/parts';
import { param } from '../../app/route';
import { get, useAsked, type Query } from '../../api/client';
import type { FeatureCollection } from '../../api/types';
import { country } from '../../i18n/countries';
import { num, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { Area, type Lonlat } from '../look/area';
import { dates, deaths, eventColumns, radius } from '../look/events';

const MOST = 200;

/** The span of days of the months in the address, as the server takes it; '' = open. */
export function daysOf(from: string, to: string): string {
    if (!from && !to) return '';
    const last = to && new Date(Date.UTC(Number(to.slice(0, 4)), Number(to.slice(5, 7)), 0)).toISOString().slice(0, 10);
    return `${from ? `${from}-01` : '..'}/${last || '..'}`;
}

export function Events({ iso3 }: { iso3: string }) {
    const about = country(iso3);
    const query = (): Query => ({
        gwcode: about?.gwcode, limit: MOST, type: param('type').value, datetime: daysOf(param('from').value, param('to').value),
    });
    const asked = useAsked((stop) => get<FeatureCollection>('api/v1/collections/events/items', query(), stop));
    return (
        <section class="panel">
            <h2>{t('country.events')}</h2>
            <Answer asked={asked}>
                {({ features }) => {
                    if (!features.length) return <p class="note">{t('country.events.none')}</p>;
                    const placed = features.filter((f) => f.geometry);
                    const points = placed.map((f) => f.geometry!.coordinates as Lonlat);
                    return (
                        <>
                            <p class="note">{t('country.events.text', { n: num(features.length) })}{' '}
                                <Export path="api/v1/collections/events/items" query={query()} name={`vigie-${iso3}-events`} forms={['csv', 'geojson']} /></p>
                            <div class="two">
                                <Table caption={t('country.events')} hideCaption rows={features} columns={eventColumns()} rowKey={(f) => String(f.id)} step={14} />
                                <Area title={t('country.events.map')} points={points} m49={about?.m49} rows={placed} rowKey={(f) => String(f.id)} columns={[
                                    { key: 'date', head: t('event.date'), value: (f) => f.properties.date_from },
                                    { key: 'lat', head: t('event.point'), value: (f) => f.geometry!.coordinates.slice().reverse().join(', ') },
                                    { key: 'deaths', head: t('event.deaths'), number: true, value: (f) => f.properties.deaths_best },
                                ]}>
                                    {(place) => placed.map((f) => {
                                        const [x, y] = place(f.geometry!.coordinates as Lonlat);
                                        return <circle key={f.id} class="dot" cx={x} cy={y} r={radius(f.properties.deaths_best)}><title>{`${dates(f.properties)}: ${deaths(f.properties)}`}</title></circle>;
                                    })}
                                </Area>
                            </div>
                        </>
                    );
                }}
            </Answer>
        </section>
    );
}

/* One event: all that is recorded of it, how well its place is known, what each release of its source said, and what
 * happened nearby. Invariant: a field that is not known says so; a circle that is only an illustration is dashed. */
import { Answer, Export } from '../../app/parts';
import { link, param, set } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { get, useAsked } from '../../api/client';
import type { EventProperties, Feature, FeatureCollection, Rows } from '../../api/types';
import { countryOfGwcode, nameOf } from '../../i18n/countries';
import { has, instant, num, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { Area, type Lonlat } from '../look/area';
import { boxAround, dayAfter, daysBetween, distance } from '../look/data';
import { actors, dates, deaths, eventColumns, placeOf, precision, radius } from '../look/events';
import '../look/look.css';
import { Versions, type Version } from './versions';

const longType = (type: string): string => (has(`event.type.${type}`) ? t(`event.type.${type}`) : type);

function Address({ url }: { url: string | null }) {
    if (!url) return <>{t('figure.unknown')}</>;
    // Only addresses of the web become links.
    return /^https?:\/\//i.test(url) ? <a href={url} rel="noreferrer noopener" target="_blank"><bdi>{url}</bdi></a> : <bdi>{url}</bdi>;
}

interface Field { key: string; head: string; value: string; cell?: preact.ComponentChildren }

function fieldsOf(f: Feature, version: Version | undefined): Field[] {
    const e = f.properties;
    const iso3 = countryOfGwcode(e.gwcode)?.iso3;
    const point = f.geometry?.coordinates;
    const text = (x: string | null | undefined) => x || t('figure.unknown');
    const row = (key: string, value: string, cell?: preact.ComponentChildren): Field => ({ key, head: t(`event.${key}`), value, cell: cell ?? <bdi>{value}</bdi> });
    return [
        row('date', dates(e)),
        row('date_precision', precision('date', e.date_precision)),
        row('type', longType(e.type)),
        row('deaths', deaths(e)),
        row('civilians', num(e.deaths_civilians)),
        row('actors', text(actors(e))),
        row('conflict', text(e.conflict)),
        row('country', iso3 ? nameOf(iso3) : text(null), iso3 ? <a href={link('country', iso3)}>{nameOf(iso3)}</a> : undefined),
        row('place', text(placeOf(e))),
        row('place_precision', precision('place', e.place_precision)),
        row('point', point ? `${point[1]}, ${point[0]}` : text(null)),
        row('cell', e.cell ? String(e.cell) : text(null)),
        row('kind', text(e.kind)),
        row('source', text(e.source)),
        row('text', text(e.text)),
        row('url', text(e.url), <Address url={e.url} />),
        row('id', text(e.external_id)),
        ...(version ? [
            row('release', [version.data_source, version.release].filter(Boolean).join(' ')),
            row('vintage', `${version.vintage} (${instant(version.known_at)})`),
            row('licence', text(version.licence)),
        ] : []),
    ];
}

/* Radius by UCDP's precision of places: 2 is "within about 25 km"; for districts and provinces a size such areas have. */
const KNOWN_KM: Record<number, [km: number, rough: boolean]> = { 2: [25, false], 3: [50, true], 4: [150, true] };

function circleNote(e: EventProperties): string {
    const what = precision('place', e.place_precision);
    if (!e.place_precision) return `${t('event.place_precision')}: ${what}`;
    const circle = KNOWN_KM[e.place_precision ?? 0];
    if (circle) return t(circle[1] ? 'event.circle.rough' : 'event.circle', { km: num(circle[0]), what });
    return e.place_precision === 1 ? what : t('event.circle.none', { what });
}

interface Near extends Feature { km: number; days: number }

function Where({ event, near, km }: { event: Feature; near: Near[]; km: number }) {
    const at = event.geometry!.coordinates as Lonlat;
    const circle = KNOWN_KM[event.properties.place_precision ?? 0];
    const degrees = Math.max(7, ((circle?.[0] ?? 10) / 111) * 5);
    const placed = near.filter((f) => f.geometry && f.km <= Math.max(km, 25));
    return (
        <Area title={t('event.map')} note={circleNote(event.properties)} points={[at]} least={Math.min(30, Math.max(degrees, (km / 111) * 3))} height={330}
            rows={[event, ...placed]} rowKey={(f) => String(f.id)} columns={[
                { key: 'date', head: t('event.date'), value: (f) => f.properties.date_from },
                { key: 'point', head: t('event.point'), value: (f) => f.geometry!.coordinates.slice().reverse().join(', ') },
                { key: 'deaths', head: t('event.deaths'), number: true, value: (f) => f.properties.deaths_best },
            ]}>
            {(place, pixels) => {
                const [x, y] = place(at);
                return (
                    <>
                        {circle && <circle class={circle[1] ? 'circle circle-rough' : 'circle'} cx={x} cy={y} r={pixels(at, circle[0])} />}
                        {placed.map((f) => {
                            const [nx, ny] = place(f.geometry!.coordinates as Lonlat);
                            return <circle key={f.id} class="dot" cx={nx} cy={ny} r={radius(f.properties.deaths_best)}><title>{`${dates(f.properties)}: ${deaths(f.properties)}`}</title></circle>;
                        })}
                        <circle class="dot dot-own" cx={x} cy={y} r="5" />
                    </>
                );
            }}
        </Area>
    );
}

function Fields({ event, version }: { event: Feature; version: Version | undefined }) {
    const columns: Column<Field>[] = [
        { key: 'head', head: t('event.field'), value: (r) => r.head },
        { key: 'value', head: t('figure.value'), value: (r) => r.value, cell: (r) => <span class="wide-text">{r.cell}</span> },
    ];
    return <Table caption={t('event.fields')} hideCaption rows={fieldsOf(event, version)} columns={columns} head="head" rowKey={(r) => r.key} save={`vigie-event-${event.id}`} />;
}

const LIMIT = 500;

function reach(name: 'km' | 'days', usual: number, most: number): number {
    const n = Number(param(name).value);
    return Number.isFinite(n) && n >= 1 ? Math.min(most, Math.round(n)) : usual;
}

function nearQuery(event: Feature, km: number, days: number) {
    return {
        bbox: event.geometry ? boxAround(event.geometry.coordinates as Lonlat, km) : '',
        datetime: `${dayAfter(event.properties.date_from, -days)}/${dayAfter(event.properties.date_to, days)}`, limit: LIMIT,
    };
}

function Nearby({ event, near, km, days }: { event: Feature; near: Near[]; km: number; days: number }) {
    const more: Column<Near>[] = [
        { key: 'km', head: t('event.distance'), number: true, value: (f) => f.km, cell: (f) => num(f.km, f.km < 10 ? 1 : 0) },
        { key: 'days', head: t('event.days'), number: true, value: (f) => f.days },
    ];
    return (
        <section class="panel">
            <h2>{t('event.nearby')}</h2>
            <fieldset class="choices"><legend>{t('event.reach')}</legend>
                <label class="field"><span>{t('event.reach.km')}</span>
                    <input type="number" min="1" max="1000" value={km} onChange={(e) => set({ km: e.currentTarget.value })} /></label>
                <label class="field"><span>{t('event.reach.days')}</span>
                    <input type="number" min="1" max="3650" value={days} onChange={(e) => set({ days: e.currentTarget.value })} /></label>
            </fieldset>
            {near.length === 0 ? <p class="note">{t('event.nearby.none', { km: num(km), days: num(days) })}</p> : (
                <>
                    <p class="note">{t('event.nearby.text', { km: num(km), days: num(days) })}{' '}
                        <Export path="api/v1/collections/events/items" query={nearQuery(event, km, days)} name={`vigie-near-${event.id}`} forms={['geojson']} /></p>
                    <Table caption={t('event.nearby')} hideCaption rows={near} columns={eventColumns(more)} rowKey={(f) => String(f.id)} sort="km" step={20} save={`vigie-near-${event.id}`} />
                </>
            )}
        </section>
    );
}

function Whole({ id }: { id: string }) {
    const km = reach('km', 50, 1000), days = reach('days', 30, 3650);
    const event = useAsked((stop) => get<Feature>(`api/v1/collections/events/items/${id}`, {}, stop));
    const versions = useAsked((stop) => get<Rows<Version>>(`api/v1/collections/events/items/${id}/versions`, {}, stop));
    const near = useAsked((stop) => {
        const middle = event.value.value;
        const within = reach('km', 50, 1000), span = reach('days', 30, 3650);
        if (!middle?.geometry) return null;
        const at = middle.geometry.coordinates as Lonlat;
        return get<FeatureCollection>('api/v1/collections/events/items', nearQuery(middle, within, span), stop).then(({ features }) =>
            features.filter((f) => f.id !== middle.id && f.geometry)
                .map((f): Near => ({ ...f, km: distance(at, f.geometry!.coordinates as Lonlat), days: daysBetween(middle.properties.date_from, f.properties.date_from) }))
                .filter((f) => f.km <= within).sort((a, b) => a.km - b.km || Math.abs(a.days) - Math.abs(b.days)));
    });
    return (
        <Answer asked={event}>
            {(e) => {
                const rows = versions.value.value?.items ?? [];
                const close = near.value.value ?? [];
                return (
                    <>
                        <p class="lead">{[dates(e.properties), nameOf(countryOfGwcode(e.properties.gwcode)?.iso3), longType(e.properties.type)].filter(Boolean).join(' · ')}</p>
                        <div class="two">
                            <section class="panel"><h2>{t('event.fields')}</h2><Fields event={e} version={rows.find((v) => v.id === e.id)} /></section>
                            <section class="panel">{e.geometry ? <Where event={e} near={close} km={km} /> : <p class="note">{t('event.nopoint')}</p>}</section>
                        </div>
                        <section class="panel"><h2>{t('event.versions')}</h2><Answer asked={versions}>{({ items }) => <Versions rows={items} id={e.id} />}</Answer></section>
                        {e.geometry && <Nearby event={e} near={close} km={km} days={days} />}
                    </>
                );
            }}
        </Answer>
    );
}

export default function Event({ id }: ScreenProps) {
    const known = /^\d{1,15}$/.test(id);
    return (
        <div class="screen">
            <header class="head"><h1>{known ? t('event.title', { id }) : t('screen.event')}</h1></header>
            {known ? <Whole key={id} id={id} /> : <p class="lead">{t('event.none')}</p>}
        </div>
    );
}

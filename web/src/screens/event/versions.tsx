/* What each release of a source said about one event, side by side. Invariant: a cell that differs from the newest release
 * has a mark and not a colour alone. */
import { link } from '../../app/route';
import type { EventProperties } from '../../api/types';
import { day, num, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { actors, dates, deaths, placeOf, precision, typeName } from '../look/events';

export interface Version extends EventProperties {
    id: number; vintage: number; data_source: string; release: string | null; scope: string;
    known_at: string; imported_at: string; licence: string | null; counted: boolean; lat: number | null; lon: number | null;
}

const told: [key: string, say: (v: Version) => string, number?: boolean][] = [
    ['date', dates], ['date_precision', (v) => precision('date', v.date_precision)],
    ['deaths', deaths, true], ['civilians', (v) => num(v.deaths_civilians), true], ['type', (v) => typeName(v.type)],
    ['actors', actors], ['conflict', (v) => v.conflict ?? ''], ['place', placeOf],
    ['point', (v) => (v.lat == null ? '' : `${v.lat}, ${v.lon}`)], ['place_precision', (v) => precision('place', v.place_precision)],
    ['source', (v) => v.source ?? ''], ['text', (v) => v.text ?? ''],
];

export function Versions({ rows, id }: { rows: Version[]; id: number }) {
    const newest = rows[0];
    if (!newest) return null;
    const columns: Column<Version>[] = [
        { key: 'release', head: t('event.release'), value: (v) => [v.data_source, v.release, v.scope === 'world' ? '' : v.scope].filter(Boolean).join(' '),
            cell: (v) => { const name = [v.data_source, v.release, v.scope === 'world' ? '' : v.scope].filter(Boolean).join(' ');
                return v.id === id ? <bdi>{name}</bdi> : <a href={link('event', String(v.id))}><bdi>{name}</bdi></a>; } },
        { key: 'vintage', head: t('event.vintage'), number: true, value: (v) => v.vintage },
        { key: 'known', head: t('event.known'), value: (v) => v.known_at, cell: (v) => day(v.known_at) },
        { key: 'used', head: t('event.status'), value: (v) => (v.counted ? t('event.used') : t('event.notused')) },
        ...told.filter(([, say]) => rows.some((v) => say(v))).map(([key, say, number]): Column<Version> => ({
            key, head: t(`event.${key}`), number, value: say,
            cell: (v) => (say(v) === say(newest) ? <bdi>{say(v) || '–'}</bdi>
                : <span class="differs"><span aria-hidden="true">≠ </span><span class="hidden">{t('event.differs')}: </span><bdi>{say(v) || '–'}</bdi></span>),
        })),
    ];
    return (
        <>
            <p class="note">{rows.length > 1 ? t('event.versions.text') : t('event.versions.single')}</p>
            <Table caption={t('event.versions')} hideCaption rows={rows} columns={columns} rowKey={(v) => String(v.id)} save={`vigie-event-${id}-versions`} />
        </>
    );
}

/* The map of the situation: countries by risk, cells, events, and the card of the country that is chosen. Fetched after the list:
 * on a slow line the figures come first. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { chosenCountries } from '../../app/filters';
import { Failed } from '../../app/parts';
import { go, link, param, set } from '../../app/route';
import { dark } from '../../app/settings';
import { nameOf } from '../../i18n/countries';
import { chance, day, month as monthWords, num, short, t, tn } from '../../i18n/i18n';
import { world } from '../../map/geo';
import { WorldMap, type Bounds } from '../../map/map';
import { DEATHS_BREAKS, PROBABILITY_BREAKS, stepOf, TYPE_NAMES } from '../../map/palette';
import { countIn, pointsOf, type View } from '../../map/points';
import type { Look } from '../../map/view';
import type { Layer } from './layer';
import { Legend } from './legend';
import { changeWords } from './list';
import { MEASURES, type Row } from './model';
import type { Wish } from './wish';

/** Fetches the coarse base map. */
export const baseMap = () => world('110m');

export interface DrawnProps {
    rows: Row[] | null; c: Wish; title: string; probability: boolean; selected: string; select: (iso3: string) => void;
    layer: Layer; onView: (b: Bounds) => void; row: Row | undefined;
}

export default function Drawn(p: DrawnProps) {
    const { rows, c, probability, layer } = p;
    const points = useMemo(() => (layer.columns ? pointsOf(layer.columns) : null), [layer.columns]);
    const [view, setView] = useState<View | null>(null);
    useEffect(() => { layer.inView.value = points && view ? countIn(points, view) : null; }, [points, view]);
    const breaks = probability ? PROBABILITY_BREAKS : DEATHS_BREAKS;
    const write = (r: Row) => (probability ? chance(r.value) : short(r.value));
    const look: Look = useMemo(() => {
        const steps = new Map<string, number>(), labels = new Map<string, string>();
        for (const r of rows ?? []) {
            steps.set(r.iso3, stepOf(r.value, breaks));
            if (stepOf(r.value, breaks) >= 2) labels.set(r.iso3, write(r));
        }
        const column = layer.cells?.column;
        const cells = column ? { n: layer.cells!.n, cell: (column['gid'] ?? column['cell'])!, value: (column['deaths'] ?? column['value'] ?? column['mean'])! } : null;
        return { steps, labels, others: rows && !chosenCountries() ? -1 : undefined, selected: p.selected, points, cells, cellStep: (v) => (v > 0 ? stepOf(v, DEATHS_BREAKS) : -1), dark: dark.value };
    }, [rows, probability, p.selected, points, layer.cells, dark.value]);
    const rowOf = useMemo(() => new Map((rows ?? []).map((r) => [r.iso3, r])), [rows]);
    return (
        <section class="situation-map" aria-label={t('map.section')}>
            <WorldMap label={`${t('map.label')} ${p.title}`} look={look} at={param('map').value} onAt={(at) => set({ map: at })} onView={(b, v) => { setView(v); p.onView(b); }} onCountry={p.select}
                tellCountry={(iso3) => <Told iso3={iso3} row={rowOf.get(iso3)} c={c} />}
                tellPoint={(i) => <ToldPoint points={points!} i={i} />}
                onPoint={(i) => go(link('event', String(points!.id[i])))}>
                <Legend title={p.title} probability={probability} points={!!points} />
                {layer.problem && <div class="map-problem"><Failed problem={layer.problem} /></div>}
                {p.row && <Card row={p.row} c={c} probability={probability} close={() => p.select(p.row!.iso3)} />}
            </WorldMap>
        </section>
    );
}

function Told({ iso3, row, c }: { iso3: string; row: Row | undefined; c: Wish }) {
    return (
        <>
            <strong>{nameOf(iso3)}</strong>
            {!row ? t('told.nothing') : c.past ? t('told.recorded', { n: num(row.recorded), month: monthWords(c.at) })
                : t('told.ahead', { p: chance(row.chances?.[1]), mean: short(row.mean), low: short(row.low, 2), high: short(row.high, 2) })}
        </>
    );
}

function ToldPoint({ points, i }: { points: NonNullable<Look['points']>; i: number }) {
    const deaths = points.deaths[i]!;
    return (
        <>
            <strong>{day(new Date(points.day[i]! * 86_400_000).toISOString())}</strong>
            {t(`type.${TYPE_NAMES[points.type[i]!] ?? 'unknown'}`)} · {deaths < 0 ? t('told.deaths.unknown') : tn('told.deaths', deaths)}
        </>
    );
}

function Card({ row, c, probability, close }: { row: Row; c: Wish; probability: boolean; close: () => void }) {
    return (
        <aside class="card" aria-label={row.name}>
            <h2><a href={link('country', row.iso3)}>{row.name}</a></h2>
            <button type="button" class="plain close" aria-label={t('card.close')} onClick={close}>×</button>
            <dl>
                {row.chances?.map((p, i) => <div key={i}><dt>{t(`measure.${MEASURES[i]!}.short`)}</dt><dd>{chance(p)}</dd></div>)}
                {!c.past && <div><dt>{t('list.expected')}</dt><dd>{num(row.mean, 1)}</dd></div>}
                {!c.past && <div><dt>{t('card.range')}</dt><dd>{num(row.low)}–{num(row.high)}</dd></div>}
                {c.past && <div><dt>{t('list.recorded')}</dt><dd>{num(row.recorded)}</dd></div>}
            </dl>
            <p class="note">{changeWords(row.change, probability)}</p>
        </aside>
    );
}

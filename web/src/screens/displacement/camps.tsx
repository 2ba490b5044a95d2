/* Arrivals by camp, where a run of them is kept: people against capacity, when each is full, the ways people took.
 * Invariant: what was registered is told apart from what the model says. */
import { Answer } from '../../app/parts';
import { param, set } from '../../app/route';
import { getAll, useAsked } from '../../api/client';
import type { Result, Run } from '../../api/types';
import { Lines } from '../../chart/days';
import { day, has, list, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { Area } from '../look/area';
import { Meter } from '../look/bar';
import { dayAfter, provenance, runsOf } from '../look/data';
import { Arrow } from './shared';

interface Camp {
    name: string; country: string; capacity: number | null; full_day: number;
    final_people: number | null; final_low: number | null; final_high: number | null; final_observed: number | null;
    people: (number | null)[]; low: (number | null)[]; high: (number | null)[]; observed: (number | null)[];
}
interface Place { name: string; country: string; kind: string; lat_deg: number | null; lon_deg: number | null }
interface Route { from: number; to: number; km: number; people: number | null }
type FlowRun = Run & { params: Record<string, unknown> & {
    conflict: string; first_date: string; engine: string; borders: string; opened: string; n_days: number; step: number;
    ard: number | null; naive: number | null; covered: number | null;
} };

const campColumns = (run: FlowRun): Column<Camp>[] => [
    { key: 'name', head: t('displacement.camp'), value: (c) => c.name, cell: (c) => <bdi>{c.name}</bdi> },
    { key: 'country', head: t('figure.country'), value: (c) => c.country, cell: (c) => <bdi>{c.country}</bdi> },
    { key: 'people', head: t('displacement.final'), number: true, value: (c) => c.final_people },
    { key: 'in90', head: t('figure.in90'), number: true, value: (c) => c.final_high, cell: (c) => `${num(c.final_low)} – ${num(c.final_high)}` },
    { key: 'observed', head: t('displacement.observed'), number: true, value: (c) => c.final_observed },
    { key: 'capacity', head: t('displacement.capacity'), number: true, value: (c) => c.capacity },
    { key: 'filled', head: t('displacement.filled'), number: true, value: (c) => (c.capacity && c.final_people != null ? c.final_people / c.capacity : null),
        cell: (c) => (c.capacity && c.final_people != null ? <><Meter share={c.final_people / c.capacity} width={60} />{pct(c.final_people / c.capacity)}</> : '–') },
    { key: 'full', head: t('displacement.full'), value: (c) => (c.full_day >= 0 ? dayAfter(run.params.first_date, c.full_day) : null),
        cell: (c) => (c.full_day >= 0 ? day(dayAfter(run.params.first_date, c.full_day)) : t('displacement.notfull')) },
];

/* Places whose names are written on the map; there would be too many towns. */
const NAMED = new Set(['camp', 'conflict', 'hub']);

function Ways({ places, routes }: { places: Place[]; routes: Route[] }) {
    const at = (i: number) => places[i];
    const used = routes.filter((r) => (r.people ?? 0) > 0).sort((a, b) => b.people! - a.people!).slice(0, 60);
    const most = used[0]?.people ?? 1;
    const known = places.filter((p) => p.lat_deg != null && p.lon_deg != null);
    const kind = (p: Place) => (has(`displacement.kind.${p.kind}`) ? t(`displacement.kind.${p.kind}`) : p.kind);
    const columns: Column<Route>[] = [
        { key: 'from', head: t('displacement.from'), value: (r) => at(r.from)?.name },
        { key: 'to', head: t('displacement.to'), value: (r) => at(r.to)?.name },
        { key: 'km', head: t('event.distance'), number: true, value: (r) => r.km },
        { key: 'people', head: t('displacement.people'), number: true, value: (r) => r.people },
    ];
    return (
        <Area title={t('displacement.route.map')} points={known.map((p) => [p.lon_deg!, p.lat_deg!])} rows={used} columns={columns} rowKey={(r) => `${r.from} ${r.to}`} save="vigie-ways" height={360}>
            {(place) => (
                <>
                    {used.map((r) => {
                        const a = at(r.from), b = at(r.to);
                        if (a?.lat_deg == null || b?.lat_deg == null) return null;
                        return <Arrow key={`${r.from} ${r.to}`} from={place([a.lon_deg!, a.lat_deg])} to={place([b.lon_deg!, b.lat_deg])}
                            width={0.6 + (6 * r.people!) / most} title={`${a.name} → ${b.name}: ${num(r.people)}`} />;
                    })}
                    {known.map((p) => {
                        const [x, y] = place([p.lon_deg!, p.lat_deg!]);
                        return (
                            <g key={p.name}>
                                {p.kind === 'camp' ? <rect class="dot" x={x - 4} y={y - 4} width="8" height="8" /> : <circle class={p.kind === 'conflict' ? 'dot dot-own' : 'dot'} cx={x} cy={y} r="3.5" />}
                                {NAMED.has(p.kind) && <text x={x + 6} y={y + 4}>{p.name}</text>}
                                <title>{`${p.name} (${kind(p)})`}</title>
                            </g>
                        );
                    })}
                </>
            )}
        </Area>
    );
}

function OfRun({ run }: { run: FlowRun }) {
    const path = `api/v1/runs/${run.run}/results`;
    const asked = useAsked(async (stop) => {
        const of = async <B,>(kind: string) => (await getAll<Result<B>>(path, { kind, limit: 10_000 }, 100_000, stop)).map((r) => r.body);
        const [camps, places, routes] = await Promise.all([of<Camp>('camp'), of<Place>('place'), of<Route>('route')]);
        return { camps, places, routes };
    });
    const p = run.params;
    const what = list([p.borders, p.opened].filter(Boolean));
    return (
        <Answer asked={asked}>
            {({ camps, places, routes }) => {
                const sorted = [...camps].sort((a, b) => (b.final_people ?? 0) - (a.final_people ?? 0));
                const camp = sorted.find((c) => c.name === param('camp').value) ?? sorted[0];
                return (
                    <>
                        <p class="note">{t('displacement.camps.text', { days: num(p.n_days), date: day(p.first_date), what: what || t('displacement.level.none') })}</p>
                        <div class="half">
                            <div>
                                <Table caption={t('displacement.camps', { conflict: p.conflict })} hideCaption rows={sorted} columns={campColumns(run)} rowKey={(c) => c.name}
                                    selected={camp?.name} onSelect={(c) => set({ camp: c.name })} save={`vigie-camps-${p.conflict}`} />
                                <p class="note">{p.ard == null ? t('displacement.camps.unscored')
                                    : t('displacement.camps.score', { ard: num(p.ard, 3), naive: num(p.naive, 3), covered: pct(p.covered) })}</p>
                            </div>
                            <Ways places={places} routes={routes} />
                        </div>
                        {camp && <Lines title={`${camp.name}: ${t('displacement.people')}`} first={p.first_date} step={p.step} people={camp.people} low={camp.low} high={camp.high}
                            observed={camp.observed} capacity={camp.capacity} save={`vigie-camp-${camp.name}`} />}
                    </>
                );
            }}
        </Answer>
    );
}

export function Camps() {
    const runs = useAsked(async (stop) => (await runsOf('displacement arrivals', stop)) as FlowRun[]);
    const all = runs.value.value ?? [];
    const run = all.find((r) => String(r.run) === param('camps').value) ?? all[0];
    if (!run) return null;
    return (
        <section class="panel">
            <h2>{t('displacement.camps', { conflict: run.params.conflict })}</h2>
            {all.length > 1 && (
                <label class="field">
                    <span>{t('displacement.camps.run')}</span>
                    <select value={String(run.run)} onChange={(e) => set({ camps: e.currentTarget.value, camp: null })}>
                        {all.map((r) => <option key={r.run} value={String(r.run)}>{`${r.params.conflict} · ${r.run}`}</option>)}
                    </select>
                </label>
            )}
            <OfRun key={run.run} run={run} />
            <p class="from">{provenance(run)}</p>
        </section>
    );
}

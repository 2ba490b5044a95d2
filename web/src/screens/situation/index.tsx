/* Where it will be worse, and what has changed: ranked list, map, time line. Invariant: list, map and time line show the same
 * run, month, measure and filters, all of which are in the address. */
import type { ComponentType } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useComputed, useSignal } from '@preact/signals';
import { get, useAsked } from '../../api/client';
import { chosenCountries } from '../../app/filters';
import { Answer, Choice, CountryFilter, Export, Failed, MonthRange, RegionFilter, TextFilter, TypeFilter } from '../../app/parts';
import { param, set } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { nameOf } from '../../i18n/countries';
import { day, lang, list, month as monthWords, num, pct, signed, t, tn } from '../../i18n/i18n';
import type { Bounds } from '../../map/map';
import { before, expectedByMonth, forecastAt, forecastRuns, monthsAhead, recorded, scoresOf, type ForecastRun } from './data';
import type { DrawnProps } from './drawn';
import { Events } from './events';
import { useLayer } from './layer';
import { Ranked } from './list';
import { MEASURES, rowsAhead, rowsRecorded, totals, type Row } from './model';
import { Timeline } from './timeline';
import { begins, chosen, when, type Wish } from './wish';
import './situation.css';

export default function Situation(_: ScreenProps) {
    const runs = useAsked(forecastRuns);
    return (
        <div class="situation">
            <h1 class="hidden">{t('screen.situation')}</h1>
            <Answer asked={runs}>{(all) => (all.length ? <Chosen runs={all} /> : <Empty />)}</Answer>
        </div>
    );
}

function Empty() {
    return (
        <div class="screen">
            <section class="panel"><h2>{t('empty.title')}</h2><p>{t('empty.text')}</p><pre dir="ltr">vigie import FILE{'\n'}vigie forecast</pre></section>
        </div>
    );
}

function Chosen({ runs }: { runs: ForecastRun[] }) {
    const run = runs.find((r) => String(r.run) === param('run').value) ?? runs[0]!;
    const since = runs.find((r) => String(r.run) === param('since').value && r.run !== run.run) ?? before(runs, run);
    return <View key={`${run.run} ${since?.run}`} runs={runs} run={run} since={since} />;
}

/* --- the view --- */

function View({ runs, run, since }: { runs: ForecastRun[]; run: ForecastRun; since: ForecastRun | undefined }) {
    const c = chosen(run);
    const ahead = monthsAhead(run);
    const origin = run.params.origin;
    const first = begins(run);

    const now = useAsked((stop) => { const { at, past } = when(run); return past ? null : forecastAt(run.run, at, stop); });
    const units = useAsked((stop) => recorded(run, origin, origin, stop));
    const earlier = useAsked((stop) => { const { at, past } = when(run); return since && !past ? forecastAt(since.run, at, stop) : null; });
    const begin = useComputed(() => begins(run));
    // What the first view can do without waits for it: on a slow line the list comes first, then the map.
    const mapped = useSignal(false);
    const ready = useComputed(() => when(run).past || (mapped.value && now.value.value !== undefined));
    const history = useAsked((stop) => (ready.value ? recorded(run, begin.value, origin, stop) : null));
    const future = useAsked((stop) => (ready.value ? expectedByMonth(run.run, stop) : null));
    const scores = useAsked((stop) => scoresOf(run.run, stop));

    const countries = chosenCountries();
    const keep = (iso3: string) => !countries || countries.has(iso3);
    const rec = history.value.value;
    const isoOf = rec?.isoOf ?? units.value.value?.isoOf;
    const known = now.value.value && [...now.value.value.values()][0];
    const fits = known && (known.month ?? 'total') === c.at;
    const rows: Row[] | null = useMemo(() => {
        if (c.past) return rec && rec.months.includes(c.at) ? rowsRecorded(rec, c.at).filter((r) => keep(r.iso3)) : null;
        if (!fits || !(isoOf || known?.iso3)) return null;
        return rowsAhead(now.value.value!, earlier.value.value, c.measure, isoOf ?? new Map(), rec).filter((r) => keep(r.iso3));
    }, [c.past, c.at, c.measure, now.value.value, earlier.value.value, rec, isoOf, param('country').value, param('region').value, lang.value, nameOf('MLI')]);

    const expected = useMemo(() => {
        const out = new Map<string, number>();
        for (const f of future.value.value ?? []) {
            const iso3 = f.iso3 ?? isoOf?.get(f.unit ?? -1);
            if (iso3 && keep(iso3)) out.set(f.month!, (out.get(f.month!) ?? 0) + f.body.mean);
        }
        return out;
    }, [future.value.value, isoOf, param('country').value, param('region').value]);
    const past = useMemo(() => totals(rec, keep), [rec, param('country').value, param('region').value]);

    const problem = now.problem.value ?? history.problem.value;
    const selected = param('sel').value;
    const select = (iso3: string) => set({ sel: iso3 === selected ? '' : iso3 });
    const showEvents = param('list').value === 'events';
    const box = useSignal<Bounds | null>(null);
    const layer = useLayer(run, c, box.value);
    const row = rows?.find((r) => r.iso3 === selected);
    const title = c.past ? t('legend.recorded', { month: monthWords(c.at) })
        : t('legend.ahead', { what: t(`measure.${c.measure}`), when: c.at === 'total' ? t('time.total') : monthWords(c.at) });
    const probability = !c.past && c.measure !== 'mean';

    return (
        <>
            <Filters run={run} runs={runs} since={since} c={c} />
            {problem && <Failed problem={problem} again={() => { now.again(); history.again(); }} />}
            <div class="situation-body">
                <section class="situation-list" aria-label={t('list.label')}>
                    <div class="list-head">
                        <div class="segments" role="group" aria-label={t('list.which')}>
                            <button type="button" aria-pressed={!showEvents} onClick={() => set({ list: '' })}>{t('list.countries')}</button>
                            <button type="button" aria-pressed={showEvents} onClick={() => set({ list: 'events' })}>{t('list.events')}</button>
                        </div>
                        {!showEvents && <Summary rows={rows} since={since} c={c} run={run} scores={scores.value.value} />}
                    </div>
                    <div class="list-body">
                        {showEvents ? <Events query={layer.query} total={layer.inView.value} />
                            : rows ? (
                                <>
                                    <Ranked rows={rows} measure={c.measure} past={c.past} selected={selected} onSelect={(r) => select(r.iso3)} caption={title} sort={param('sort').value || '-value'} save={`situation-${c.at}`} />
                                    {!c.past && <Export path="api/v1/forecasts" query={{ run: run.run, month: c.at === 'total' ? '' : c.at, limit: 10000 }} name={`forecasts-${c.at}`} forms={['csv']} />}
                                </>
                            ) : !problem && <p class="wait" role="status">{t('wait')}</p>}
                    </div>
                </section>
                <MapPart onThere={() => { mapped.value = true; }} rows={rows} c={c} title={title} probability={probability} selected={selected} select={select} layer={layer} onView={(b) => { box.value = b; }} row={row} />
                <Timeline first={first} origin={origin} last={ahead[ahead.length - 1]!} at={c.at} recorded={past} expected={expected} from={c.from} to={c.to}
                    onAt={(m) => set({ at: m })} onRange={(from, to) => set({ from, to })} />
            </div>
        </>
    );
}

/* The map, fetched once the list is there. */
function MapPart({ onThere, ...p }: DrawnProps & { onThere: () => void }) {
    const [Drawn, setDrawn] = useState<ComponentType<DrawnProps> | null>(null);
    const ready = p.rows !== null || p.c.past;
    useEffect(() => {
        if (!ready) return;
        // Without the map the rest is of use still.
        import('./drawn').then((m) => { setDrawn(() => m.default); return m.baseMap(); }).catch((failure: unknown) => console.error(failure)).finally(onThere);
    }, [ready]);
    return Drawn ? <Drawn {...p} /> : <section class="situation-map" aria-busy="true"><p class={ready ? 'wait' : ''}>{ready && t('wait')}</p></section>;
}

/* --- filters --- */

function runWords(r: ForecastRun) {
    return t('run.words', { run: r.run, origin: monthWords(r.params.origin), when: day(r.started_at), model: r.params.model, target: t(`type.${r.params.target}`) });
}

function Filters({ run, runs, since, c }: { run: ForecastRun; runs: ForecastRun[]; since: ForecastRun | undefined; c: Wish }) {
    const sources = useAsked((stop) => get<{ items: { source: string }[] }>('api/v1/vintages', {}, stop));
    const names = [...new Set(sources.value.value?.items.map((v) => v.source) ?? [])];
    const others = runs.filter((r) => r.run !== run.run);
    return (
        <div class="filters">
            <div class="segments" role="group" aria-label={t('measure.label')}>
                {MEASURES.map((m) => (
                    <button key={m} type="button" aria-pressed={c.measure === m} disabled={c.past} title={t(`measure.${m}`)} onClick={() => set({ show: m === 'p25' ? '' : m })}>{t(`measure.${m}.short`)}</button>
                ))}
            </div>
            <button type="button" aria-pressed={c.at === 'total'} onClick={() => set({ at: c.at === 'total' ? '' : 'total' })}>{tn('time.months', run.params.months)}</button>
            <RegionFilter />
            <CountryFilter />
            <details class="more">
                <summary>{t('filter.more')}</summary>
                <div class="more-body">
                    <Choice name="run" label={t('filter.run')} options={runs.map((r, i) => ({ value: i ? String(r.run) : '', text: runWords(r) }))} />
                    {others.length > 0 && <Choice name="since" label={t('filter.since')} options={[{ value: '', text: since ? t('filter.before') : '–' }, ...others.map((r) => ({ value: String(r.run), text: runWords(r) }))]} />}
                    <hr />
                    <p class="note">{t('filter.events')}</p>
                    <TypeFilter />
                    <TextFilter name="actor" label={t('filter.actor')} />
                    <Choice name="source" label={t('filter.source')} options={[{ value: '', text: t('filter.best') }, ...names.map((n) => ({ value: n, text: n }))]} />
                    <MonthRange first={run.params.data_first} last={run.params.origin} />
                </div>
            </details>
            <Choice name="layer" label={t('layer.label')} options={['', 'events', 'cells', 'none'].map((v) => ({ value: v, text: t(`layer.${v || 'auto'}`) }))} />
        </div>
    );
}

/* --- what has changed, and how good the forecast is --- */

function Summary({ rows, since, c, run, scores }: { rows: Row[] | null; since: ForecastRun | undefined; c: Wish; run: ForecastRun; scores: { body: { model: string; first_window: number; last_window: number; all: { crps: number; coverage90: number } } }[] | undefined }) {
    const probability = c.measure !== 'mean';
    const least = probability ? 0.05 : 10;
    const changed = (rows ?? []).filter((r) => r.change !== null && Math.abs(r.change) >= least).sort((a, b) => Math.abs(b.change!) - Math.abs(a.change!));
    const up = changed.filter((r) => r.change! > 0).length;
    const [own, other] = [scores?.find((s) => s.body.model === run.params.model), scores?.find((s) => s.body.model !== run.params.model)];
    const write = (r: Row) => `${r.name} ${probability && !c.past ? t('change.short', { by: signed(r.change! * 100) }) : signed(r.change)}`;
    return (
        <div class="summary">
            {c.past ? null : since ? (
                <p>
                    <strong>{t('since.title', { when: day(since.started_at), origin: monthWords(since.params.origin) })}</strong>{' '}
                    {rows && t('since.counts', { up: num(up), down: num(changed.length - up) })}{' '}
                    {changed.length > 0 && t('since.most', { names: list(changed.slice(0, 3).map(write)) })}
                </p>
            ) : <p>{t('since.none')}</p>}
            {!c.past && scores && (
                <p class="note">
                    {own ? t('score.words', { model: own.body.model, first: own.body.first_window, last: own.body.last_window, crps: num(own.body.all.crps, 1), inside: pct(own.body.all.coverage90) }) : t('score.none')}
                    {own && other && ` ${t('score.other', { model: other.body.model, crps: num(other.body.all.crps, 1) })}`}
                </p>
            )}
        </div>
    );
}

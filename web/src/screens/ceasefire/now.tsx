/* What happens: map, days, list, and the incident that is open. News from the stream asks anew at once, and then
 * at most three times a second. */
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Answer, Choice, Export } from '../../app/parts';
import { param, set } from '../../app/route';
import { get, useAsked } from '../../api/client';
import { onNews } from '../../api/stream';
import { instant, num, pct, t, tn } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { LEVELS, root, STATES, who, word, type Agreement, type Coverage, type Incidents, type Shown, type Zones } from './data';
import { Alerts } from './alerts';
import { IncidentPanel } from './incident';
import { WatchMap } from './map';
import { Level } from './marks';
import { Days } from './timeline';

const MOST = 1000;
const PAUSE_MS = 300;

/** Days shown when the reader names none: the last fourteen, or of a watch of the past up to its newest observation. */
function span(newest: string | null): { from: string; to: string } {
    const now = new Date().toISOString();
    const end = newest && Date.parse(now) - Date.parse(newest) > 13 * 86_400_000 ? newest : now;
    const first = new Date(Date.parse(end) - 13 * 86_400_000).toISOString();
    const given = (name: string, fallback: string) => (/^\d{4}-\d{2}-\d{2}$/.test(param(name).value) ? param(name).value : fallback.slice(0, 10));
    return { from: given('from', first), to: given('to', end) };
}

function Filters({ agreement, from, to }: { agreement: Agreement; from: string; to: string }) {
    const any = { value: '', text: t('ceasefire.any') };
    return (
        <div class="ask-watch" role="search" aria-label={t('ceasefire.filters')}>
            <label class="field"><span>{t('ceasefire.from')}</span><input type="date" value={from} onChange={(e) => set({ from: e.currentTarget.value })} /></label>
            <label class="field"><span>{t('ceasefire.to')}</span><input type="date" value={to} onChange={(e) => set({ to: e.currentTarget.value })} /></label>
            <Choice name="level" label={t('ceasefire.least')} options={[any, ...LEVELS.map((l) => ({ value: l, text: word('level', l) }))]} />
            <Choice name="zone" label={t('ceasefire.zone')} options={[any, ...agreement.zones.map((z) => ({ value: z.zone, text: z.name ?? z.zone }))]} />
            <Choice name="party" label={t('ceasefire.party')} options={[any, ...agreement.parties.map((p) => ({ value: p.party, text: p.name ?? p.party }))]} />
            <Choice name="clause" label={t('ceasefire.clause')} options={[any, ...agreement.clauses.map((c) => ({ value: c.clause, text: `${c.clause} · ${c.title ?? ''}` }))]} />
            <Choice name="verification" label={t('ceasefire.verification')} options={[any, ...STATES.map((s) => ({ value: s, text: word('verification', s) }))]} />
        </div>
    );
}

function columnsOf(names: Map<string, string>): Column<Shown>[] {
    return [
        { key: 'from', head: t('ceasefire.time'), value: (x) => x.properties.from, cell: (x) => <span class="nowrap">{instant(x.properties.from)}</span> },
        { key: 'level', head: t('ceasefire.level'), value: (x) => x.properties.breaches[0]?.p ?? 0, cell: (x) => <Level level={x.properties.level} verification={x.properties.verification} />, down: true },
        { key: 'p', head: t('ceasefire.p'), number: true, value: (x) => x.properties.breaches[0]?.p, cell: (x) => pct(x.properties.breaches[0]?.p) },
        { key: 'clause', head: t('ceasefire.clause'), value: (x) => x.properties.breaches[0]?.clause, cell: (x) => <bdi>{x.properties.breaches[0]?.clause}</bdi> },
        { key: 'act', head: t('ceasefire.act'), value: (x) => word('act', x.properties.act) },
        { key: 'zone', head: t('ceasefire.zone'), value: (x) => x.properties.zones[0]?.id, cell: (x) => <bdi>{x.properties.zones[0]?.id}</bdi> },
        { key: 'who', head: t('ceasefire.who'), value: (x) => who(x.properties, names), cell: (x) => <bdi>{who(x.properties, names)}</bdi> },
        { key: 'verification', head: t('ceasefire.verification'), value: (x) => word('verification', x.properties.verification) },
        { key: 'reports', head: t('ceasefire.reports'), number: true, value: (x) => x.properties.n_reports },
    ];
}

/* Fresh incidents are told once in words, for those who do not see the map. */
function useNews(id: string, again: () => void): string {
    const said = useSignal(''), timer = useRef(0), waiting = useRef(false), latest = useRef(again);
    latest.current = again;
    useEffect(() => {
        const end = onNews((n) => {
            const data = n.data as unknown as { ceasefire?: string; n?: number };
            if (!n.kind.startsWith('ceasefire-') || data.ceasefire !== id) return;
            if (n.kind === 'ceasefire-incident') said.value = tn('ceasefire.news', data.n ?? 1);
            if (n.kind === 'ceasefire-alert') said.value = t('ceasefire.news.alert');
            if (timer.current) { waiting.current = true; return; }
            timer.current = window.setTimeout(() => { timer.current = 0; if (waiting.current) { waiting.current = false; latest.current(); } }, PAUSE_MS);
            latest.current();
        });
        return () => { end(); clearTimeout(timer.current); };
    }, [id]);
    return said.value;
}

export function Now({ id, agreement, names, again }: { id: string; agreement: Agreement; names: Map<string, string>; again: () => void }) {
    const { from, to } = span(agreement.counts.newest);
    const filter = { from, to, level: param('level').value || 'possible', zone: param('zone').value, party: param('party').value, clause: param('clause').value, verification: param('verification').value };
    const incidents = useAsked((stop) => {
        const { from: first, to: last } = span(agreement.counts.newest);
        return get<Incidents>(`${root(id)}/incidents`, { from: first, to: last, level: param('level').value || 'possible', zone: param('zone').value,
            party: param('party').value, clause: param('clause').value, verification: param('verification').value, limit: MOST }, stop);
    });
    const zones = useAsked((stop) => get<Zones>(`${root(id)}/zones`, { at: `${span(agreement.counts.newest).to}T12:00:00Z` }, stop));
    const coverage = useAsked((stop) => {
        const days = span(agreement.counts.newest);
        return get<{ items: Coverage[] }>(`${root(id)}/coverage`, { ...days }, stop);
    });
    const turn = useSignal(0);
    const said = useNews(id, () => { incidents.again(); again(); turn.value++; });
    const chosen = param('incident').value, columns = columnsOf(names);
    return (
        <>
            <section class="panel" aria-labelledby="now">
                <h2 id="now">{t('ceasefire.now')}</h2>
                <Filters agreement={agreement} from={from} to={to} />
                <p class="note" role="status" aria-live="polite">{said}</p>
                <Answer asked={incidents}>{(got) => (
                    <>
                        <p>{tn('ceasefire.shown', got.features.length)} {got.next && t('ceasefire.more', { n: num(MOST) })}</p>
                        <Answer asked={zones}>{(shapes) => <WatchMap incidents={got.features} zones={shapes} chosen={chosen} columns={columns} />}</Answer>
                        <ul class="key">{[...LEVELS].reverse().map((l) => <li key={l}><Level level={l} /></li>)}{['verified', 'rejected'].map((v) => <li key={v}><Level level="possible" verification={v} /> · {word('verification', v)}</li>)}</ul>
                        <Days incidents={got.features} coverage={coverage.value.value?.items ?? []} first={from} last={to} />
                        <Table caption={t('ceasefire.list')} rows={got.features} rowKey={(x) => x.id} columns={columns} selected={chosen} onSelect={(x) => set({ incident: x.id }, true)} sort="-from" step={25} />
                    </>
                )}</Answer>
                <Export path={`${root(id)}/incidents`} query={{ ...filter, limit: MOST }} name={`vigie-${id}`} forms={['csv', 'geojson']} />
            </section>
            {chosen && <IncidentPanel key={chosen} id={id} incident={chosen} agreement={agreement} names={names} changed={() => incidents.again()} />}
            <Alerts id={id} agreement={agreement} turn={turn.value} />
        </>
    );
}

/* One incident: which clause, where, by whom if that can be known, how surely, on which reports; and what a person decides
 * about it. Invariant: P(broken) stands with the shares it is made of, so that anybody can multiply them again. */
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Answer, Failed } from '../../app/parts';
import { set } from '../../app/route';
import { get, post, Problem, useAsked } from '../../api/client';
import { instant, num, pct, signed, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { kilometres } from '../look/data';
import { root, STATES, who, word, type Agreement, type One } from './data';
import { Level } from './marks';

function Breaches({ one, agreement }: { one: One; agreement: Agreement }) {
    const titles = new Map(agreement.clauses.map((c) => [c.clause, c.title ?? c.clause]));
    if (!one.properties.breaches.length) return <p>{t('ceasefire.noclause')}</p>;
    return (
        <Table caption={t('ceasefire.breaches')} rows={one.properties.breaches} rowKey={(b) => b.clause} head="clause" columns={[
            { key: 'clause', head: t('ceasefire.clause'), value: (b) => b.clause, cell: (b) => <bdi>{b.clause} · {titles.get(b.clause)}</bdi> },
            { key: 'level', head: t('ceasefire.level'), value: (b) => word('level', b.level), cell: (b) => <Level level={b.level} /> },
            { key: 'p', head: t('ceasefire.p'), number: true, value: (b) => b.p, cell: (b) => pct(b.p) },
            { key: 'where', head: t('ceasefire.where'), number: true, value: (b) => b.where, cell: (b) => pct(b.where) },
            { key: 'when', head: t('ceasefire.when'), number: true, value: (b) => b.when, cell: (b) => pct(b.when) },
            { key: 'act', head: t('ceasefire.isact'), number: true, value: (b) => b.act, cell: (b) => pct(b.act) },
            { key: 'bound', head: t('ceasefire.bound'), number: true, value: (b) => b.bound, cell: (b) => pct(b.bound) },
            { key: 'flags', head: t('ceasefire.flags'), value: (b) => b.flags.map((f) => word('flag', f)).join(', ') },
        ]} />
    );
}

function Members({ one, names }: { one: One; names: Map<string, string> }) {
    return (
        <Table caption={t('ceasefire.members')} rows={one.members} rowKey={(m) => String(m.number)} step={20} columns={[
            { key: 'source', head: t('ceasefire.source'), value: (m) => m.source, cell: (m) => <bdi>{m.source}</bdi> },
            { key: 'kind', head: t('ceasefire.kind'), value: (m) => word('kind', m.kind) },
            { key: 'from', head: t('ceasefire.time'), value: (m) => m.from, cell: (m) => <span class="nowrap">{instant(m.from)}</span> },
            { key: 'received', head: t('ceasefire.received'), value: (m) => m.received_at, cell: (m) => <span class="nowrap">{instant(m.received_at)}</span> },
            { key: 'act', head: t('ceasefire.act'), value: (m) => word('act', m.act) },
            { key: 'actor', head: t('ceasefire.claim'), value: (m) => (m.party ? `${names.get(m.party) ?? m.party} (${word('basis', m.basis)})` : null) },
            { key: 'radius', head: t('ceasefire.radius'), number: true, value: (m) => m.radius_m, cell: (m) => (m.radius_m == null ? num(null) : kilometres(m.radius_m / 1000)) },
            { key: 'fit', head: t('ceasefire.fit'), number: true, value: (m) => m.fit, cell: (m) => signed(m.fit, 1) },
            { key: 'report', head: t('ceasefire.report'), value: (m) => m.report, cell: (m) => <bdi>{m.report}</bdi> },
        ]} />
    );
}

function Verify({ id, incident, state, done }: { id: string; incident: string; state: string; done: () => void }) {
    const chosen = useSignal(state), reason = useSignal(''), problem = useSignal<Problem | null>(null), busy = useSignal(false);
    const send = async (e: Event) => {
        e.preventDefault();
        busy.value = true;
        problem.value = null;
        try {
            await post(`${root(id)}/incidents/${incident}/verification`, { state: chosen.value, ...(reason.value.trim() && { reason: reason.value.trim() }) });
            reason.value = '';
            done();
        } catch (failure) {
            problem.value = failure instanceof Problem ? failure : new Problem(0, 'page', String(failure));
        }
        busy.value = false;
    };
    return (
        <form class="verify" onSubmit={(e) => void send(e)}>
            <label class="field">
                <span>{t('ceasefire.verification')}</span>
                <select value={chosen.value} onChange={(e) => { chosen.value = e.currentTarget.value; }}>
                    {STATES.map((s) => <option key={s} value={s}>{word('verification', s)}</option>)}
                </select>
            </label>
            <label class="field grows">
                <span>{t('ceasefire.reason')}</span>
                <input value={reason.value} maxLength={2000} required={chosen.value === 'rejected'} onInput={(e) => { reason.value = e.currentTarget.value; }} />
            </label>
            <button type="submit" class="primary" disabled={busy.value}>{t('ceasefire.decide')}</button>
            {problem.value && <Failed problem={problem.value} />}
        </form>
    );
}

function Facts({ one, agreement, names }: { one: One; agreement: Agreement; names: Map<string, string> }) {
    const x = one.properties;
    const zones = new Map(agreement.zones.map((z) => [z.zone, z.name ?? z.zone]));
    const [lon, lat] = one.geometry?.coordinates ?? [];
    const fact = (label: string, text: string) => <div><dt>{label}</dt><dd><bdi>{text}</bdi></dd></div>;
    const parties = Object.entries(x.p_party).filter(([, p]) => p != null && p > 0.005).map(([party, p]) => `${names.get(party) ?? party} ${pct(p)}`);
    return (
        <dl class="facts">
            {fact(t('ceasefire.act'), `${word('act', x.act)} (${pct(x.p_act)})`)}
            {fact(t('ceasefire.weapon'), `${word('weapon', x.weapon)}${x.calibre_mm == null ? '' : ` ${num(x.calibre_mm, 1)} mm`}`)}
            {fact(t('ceasefire.count'), x.count != null && x.count_median != null && x.count_median < x.count ? t('ceasefire.count.told', { most: num(x.count), middle: num(x.count_median) }) : num(x.count))}
            {fact(t('ceasefire.time'), x.from === x.to ? instant(x.from) : `${instant(x.from)} – ${instant(x.to)}`)}
            {fact(t('ceasefire.place'), lat == null ? t('ceasefire.noplace') : `${num(lat, 4)}, ${num(lon, 4)} ± ${x.radius_m == null ? num(null) : kilometres(x.radius_m / 1000)}`)}
            {fact(t('ceasefire.zone'), x.zones.map((z) => `${zones.get(z.id) ?? z.id} ${pct(z.p)}`).join(', ') || t('ceasefire.nozone'))}
            {fact(t('ceasefire.who'), who(x, names))}
            {fact(t('ceasefire.parties'), parties.join(', ') || num(null))}
            {x.claims.length > 0 && fact(t('ceasefire.claims'), x.claims.map((c) => word('claimed', c)).join(', '))}
        </dl>
    );
}

export function IncidentPanel({ id, incident, agreement, names, changed }: { id: string; incident: string; agreement: Agreement; names: Map<string, string>; changed: () => void }) {
    const asked = useAsked((stop) => get<One>(`${root(id)}/incidents/${incident}`, {}, stop));
    // It stands below a long list: whoever opens it is brought there.
    const panel = useRef<HTMLElement>(null);
    useEffect(() => panel.current?.scrollIntoView({ block: 'start' }), []);
    return (
        <section class="panel" aria-labelledby="incident" ref={panel}>
            <div class="head">
                <h2 id="incident">{t('ceasefire.incident')} <bdi>{incident}</bdi></h2>
                <button type="button" class="small" onClick={() => set({ incident: null }, true)}>{t('ceasefire.close')}</button>
            </div>
            <Answer asked={asked}>{(one) => (
                <>
                    <p><Level level={one.properties.level} verification={one.properties.verification} /> · {word('verification', one.properties.verification)}</p>
                    <Facts one={one} agreement={agreement} names={names} />
                    <Breaches one={one} agreement={agreement} />
                    <Members one={one} names={names} />
                    {one.decisions.map((d) => (
                        <p key={d.at} class="note">{t('ceasefire.decided', { when: instant(d.at), who: d.who ?? t('ceasefire.somebody'), state: word('verification', d.state) })} <bdi>{d.reason}</bdi></p>
                    ))}
                    <Verify id={id} incident={incident} state={one.properties.verification} done={() => { asked.again(); changed(); }} />
                </>
            )}</Answer>
        </section>
    );
}

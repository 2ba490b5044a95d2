/* Escalations that were told: by which rule, on which figures, at which rate of false alarms. Invariant: what a rule does
 * not give (an expectation, a chance) is shown as not known. */
import { useEffect, useRef } from 'preact/hooks';
import { Answer } from '../../app/parts';
import { here } from '../../app/route';
import { get, save, useAsked } from '../../api/client';
import { instant, lang, num, pct, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { root, word, type Agreement, type Alert } from './data';

const MOST = 100;

/* Zone, party, clause or pair by its name; nothing named is all of them. */
function scopeOf({ what }: Alert, a: Agreement): string {
    const names = new Map([...a.zones.map((z) => [z.zone, z.name ?? z.zone] as const), ...a.parties.map((p) => [p.party, p.name ?? p.party] as const)]);
    const name = (x: string | null) => (x == null ? null : what.scope === 'clause' ? x : (names.get(x) ?? x));
    const of = [name(what.of), name(what.against)].filter(Boolean).join(' / ');
    return of ? `${word('scope', what.scope)}: ${of}` : word('scope', what.scope);
}

const ruleOf = ({ what }: Alert) => [word('rule', what.rule), what.threshold, what.weapon && word('weapon', what.weapon)].filter(Boolean).join(' · ');

export function Alerts({ id, agreement, turn }: { id: string; agreement: Agreement; turn: number }) {
    const asked = useAsked((stop) => get<{ items: Alert[] }>(`${root(id)}/alerts`, { limit: MOST }, stop));
    const first = useRef(true);
    useEffect(() => { if (first.current) first.current = false; else asked.again(); }, [turn]);
    const cap = (a: Alert) => void save(`${root(id)}/alerts/${a.alert}/cap`, { lang: lang.value === 'fr' ? 'fr' : 'en' }, 'application/cap+xml, application/xml', `vigie-${id}-${a.alert}.xml`);
    return (
        <section class="panel" aria-labelledby="alerts">
            <h2 id="alerts">{t('ceasefire.alerts')}</h2>
            <p class="note">{t('ceasefire.alerts.text')}</p>
            <Answer asked={asked}>{(got) => (got.items.length === 0 ? <p>{t('ceasefire.alerts.none')}</p> : (
                <Table caption={t('ceasefire.alerts')} hideCaption rows={got.items} rowKey={(a) => String(a.alert)} step={10} save={`vigie-${id}-alerts`} columns={[
                    { key: 'at', head: t('ceasefire.told'), value: (a) => a.at, cell: (a) => <span class="nowrap">{instant(a.at)}</span> },
                    { key: 'rule', head: t('ceasefire.rule'), value: ruleOf, cell: (a) => <><bdi>{ruleOf(a)}</bdi>{a.what.action && <span class="note"><br /><bdi>{a.what.action}</bdi></span>}</> },
                    { key: 'scope', head: t('ceasefire.scope'), value: (a) => scopeOf(a, agreement), cell: (a) => <bdi>{scopeOf(a, agreement)}</bdi> },
                    { key: 'window', head: t('ceasefire.window'), value: (a) => a.what.from, cell: (a) => <><span class="nowrap">{instant(a.what.from)} –</span> <span class="nowrap">{instant(a.what.to)}</span></> },
                    { key: 'observed', head: t('ceasefire.observed'), number: true, value: (a) => a.what.observed, cell: (a) => num(a.what.observed, 1) },
                    { key: 'expected', head: t('ceasefire.usual'), number: true, value: (a) => a.what.expected, cell: (a) => num(a.what.expected, 1) },
                    { key: 'p', head: t('ceasefire.chance'), number: true, value: (a) => a.what.p, cell: (a) => pct(a.what.p, 1) },
                    { key: 'false', head: t('ceasefire.falsealarms'), number: true, value: (a) => a.what.false_alarms_year, cell: (a) => num(a.what.false_alarms_year, 2) },
                    { key: 'watched', head: t('ceasefire.watched'), number: true, value: (a) => a.what.watched, cell: (a) => pct(a.what.watched) },
                    { key: 'incidents', head: t('ceasefire.incidents'), value: (a) => a.what.incidents.length, cell: (a) => a.what.incidents.map((x, i) => (
                        <a key={x} class="nth" href={here({ incident: x })} aria-label={`${num(i + 1)}: ${t('ceasefire.incident')} ${x}`}>{num(i + 1)}</a>)) },
                    { key: 'cap', head: 'CAP', value: () => null, cell: (a) => <button type="button" class="small" title={t('ceasefire.cap', { when: instant(a.at) })} onClick={() => cap(a)}>{t('ceasefire.save')}</button> },
                ]} />
            ))}</Answer>
        </section>
    );
}

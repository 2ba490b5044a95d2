/* Alerts: what the rules said, each with its reason and the one before; the rules with what they were worth on past years; the
 * feeds' addresses. */
import { Answer, Export } from '../../app/parts';
import { link } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { address, useAsked } from '../../api/client';
import { nameOf } from '../../i18n/countries';
import { instant, lang, month, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { alerts, rules, type Alert } from './data';
import { NewRule, Rights, RuleTable } from './rules';

const place = (a: Alert) => (a.iso3 ? nameOf(a.iso3) : (a.name ?? `${a.unit_kind} ${a.unit}`));

function Place({ alert }: { alert: Alert }) {
    return alert.iso3 ? <a href={link('country', alert.iso3)}>{place(alert)}</a> : <bdi>{place(alert)}</bdi>;
}

const capOf = (a: Alert) => address(`api/v1/alerts/${a.alert}/cap`, { lang: lang.value === 'fr' ? 'fr' : 'en' });

/** The alert that was chosen, and the ones before it, back to the first. */
function Chain({ all, id }: { all: Alert[]; id: number }) {
    const chain: Alert[] = [];
    const byId = new Map(all.map((a) => [a.alert, a]));
    for (let a = byId.get(id); a && chain.length < 100; a = a.before == null ? undefined : byId.get(a.before)) chain.push(a);
    const first = chain[0];
    if (!first) return <p role="status">{t('watch.noalert', { alert: id })}</p>;
    return (
        <section class="panel" aria-labelledby="chain">
            <h2 id="chain"><bdi>{place(first)}</bdi>, {month(first.month)}</h2>
            <p lang={lang.value === 'fr' ? 'fr' : 'en'} dir="ltr">{first.reason}</p>
            <p><Place alert={first} /> · <a href={capOf(first)}>{t('watch.cap')}</a></p>
            <Table caption={t('watch.chain')} rows={chain} rowKey={(a) => String(a.alert)} columns={[
                { key: 'at', head: t('watch.at'), value: (a) => a.at, cell: (a) => instant(a.at) },
                { key: 'month', head: t('watch.month'), value: (a) => a.month, cell: (a) => month(a.month) },
                { key: 'probability', head: t('watch.probability'), number: true, value: (a) => a.probability, cell: (a) => pct(a.probability) },
                { key: 'expected', head: t('watch.expected'), number: true, value: (a) => a.expected, cell: (a) => num(a.expected, 1) },
            ]} />
        </section>
    );
}

function columnsOf(): Column<Alert>[] {
    return [
        { key: 'at', head: t('watch.at'), value: (a) => a.at, cell: (a) => instant(a.at) },
        { key: 'place', head: t('watch.place'), value: (a) => place(a), cell: (a) => <Place alert={a} /> },
        { key: 'month', head: t('watch.month'), value: (a) => a.month, cell: (a) => month(a.month) },
        { key: 'probability', head: t('watch.probability'), number: true, value: (a) => a.probability, cell: (a) => pct(a.probability) },
        { key: 'expected', head: t('watch.expected'), number: true, value: (a) => a.expected, cell: (a) => num(a.expected, 1) },
        { key: 'usual', head: t('watch.usual'), title: t('watch.usual.long'), number: true, value: (a) => a.usual, cell: (a) => num(a.usual, 1) },
        { key: 'hit_rate', head: t('watch.hit_rate'), title: t('watch.hit_rate.long'), number: true, value: (a) => a.hit_rate, cell: (a) => pct(a.hit_rate) },
        { key: 'false_alarm_rate', head: t('watch.false_rate'), title: t('watch.false_rate.long'), number: true, value: (a) => a.false_alarm_rate, cell: (a) => pct(a.false_alarm_rate, 1) },
        { key: 'reason', head: t('watch.reason'), value: (a) => a.reason, cell: (a) => <a href={link('alerts', String(a.alert))} aria-label={t('watch.why', { place: place(a), month: month(a.month) })}>{t('watch.reason')}</a> },
        { key: 'before', head: t('watch.before'), value: (a) => a.before, cell: (a) => (a.before == null ? t('watch.first')
            : <a href={link('alerts', String(a.before))} aria-label={t('watch.before.long', { place: place(a) })}>{t('watch.before')}</a>) },
    ];
}

function Feeds({ newest }: { newest: Alert | undefined }) {
    const feed = address('api/v1/alerts/feed', { lang: lang.value === 'fr' ? 'fr' : 'en' });
    return (
        <section class="panel" aria-labelledby="feeds">
            <h2 id="feeds">{t('watch.feeds')}</h2>
            <p>{t('watch.feeds.text')}</p>
            <dl class="facts">
                <div><dt>{t('watch.atom')}</dt><dd><a href={feed}><bdi dir="ltr">{feed}</bdi></a></dd></div>
                {newest && <div><dt>{t('watch.cap')}</dt><dd><a href={capOf(newest)}><bdi dir="ltr">{capOf(newest)}</bdi></a></dd></div>}
            </dl>
        </section>
    );
}

export default function Alerts({ id }: ScreenProps) {
    const asked = useAsked((stop) => alerts(lang.value, stop));
    const kept = useAsked(rules);
    return (
        <div class="screen">
            <h1>{t('screen.alerts')}</h1>
            <Answer asked={asked}>{(found) => (
                <>
                    {id && <Chain all={found.items} id={Number(id)} />}
                    <section class="panel" aria-labelledby="given">
                        <h2 id="given">{t('watch.given')}</h2>
                        {found.items.length === 0 ? <p>{t('watch.none')}</p> : (
                            <Table caption={t('watch.given')} hideCaption rows={found.items} columns={columnsOf()} head="place" step={50}
                                rowKey={(a) => String(a.alert)} {...(id && { selected: id })} />
                        )}
                        <Export path="api/v1/alerts/history" query={{ lang: lang.value === 'fr' ? 'fr' : 'en', limit: 10000 }} name="vigie-alerts" forms={['csv', 'json']} />
                    </section>
                </>
            )}</Answer>
            <section class="panel" aria-labelledby="rules">
                <h2 id="rules">{t('watch.rules')}</h2>
                <Rights />
                <Answer asked={kept}>{(list) => <RuleTable rules={list} changed={() => { kept.again(); asked.again(); }} />}</Answer>
            </section>
            <section class="panel" aria-labelledby="new">
                <h2 id="new">{t('watch.new')}</h2>
                <p class="note">{t('watch.new.text')}</p>
                <NewRule asked={kept} />
            </section>
            <Feeds newest={asked.value.value?.items[0]} />
        </div>
    );
}

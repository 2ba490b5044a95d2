/* Ceasefires: the watched agreements; of one what happens now, its clauses, its sources and the daily report. Invariant: what
 * is claimed, what is probable and what a person has verified are told apart everywhere. */
import '../look/look.css';
import './ceasefire.css';
import { Answer } from '../../app/parts';
import { link, param } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { get, useAsked } from '../../api/client';
import { day, instant, num, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { Clauses } from './clauses';
import { localDay, root, word, type Agreement, type Watch } from './data';
import { Now } from './now';
import { Report } from './report';
import { Sources } from './sources';

const PARTS = ['now', 'clauses', 'sources', 'report'] as const;

function All() {
    const asked = useAsked((stop) => get<{ items: Watch[] }>('api/v1/ceasefires', {}, stop));
    return (
        <div class="screen">
            <h1>{t('screen.ceasefire')}</h1>
            <p>{t('ceasefire.person')}</p>
            <section class="panel" aria-labelledby="all">
                <h2 id="all">{t('ceasefire.all')}</h2>
                <Answer asked={asked}>{(got) => (got.items.length === 0 ? <p>{t('ceasefire.none')} <code>vigie ceasefire enter AGREEMENT</code></p> : (
                    <Table caption={t('ceasefire.all')} hideCaption rows={got.items} rowKey={(w) => w.ceasefire} head="title" columns={[
                        { key: 'title', head: t('ceasefire.title'), value: (w) => w.title, cell: (w) => <a href={link('ceasefire', w.ceasefire)}><bdi>{w.title}</bdi></a> },
                        { key: 'from', head: t('ceasefire.from'), value: (w) => w.from, cell: (w) => instant(w.from) },
                        { key: 'to', head: t('ceasefire.to'), value: (w) => w.to, cell: (w) => instant(w.to) },
                        { key: 'state', head: t('ceasefire.state'), value: (w) => word('watch', w.state) },
                        { key: 'reports', head: t('ceasefire.reports'), number: true, value: (w) => w.reports },
                        { key: 'incidents', head: t('ceasefire.incidents'), number: true, value: (w) => w.incidents },
                        { key: 'quarantined', head: t('ceasefire.quarantined'), number: true, value: (w) => w.quarantined },
                        { key: 'watermark', head: t('ceasefire.watermark'), value: (w) => w.watermark, cell: (w) => instant(w.watermark) },
                    ]} />
                ))}</Answer>
            </section>
        </div>
    );
}

function One({ id }: { id: string }) {
    const asked = useAsked((stop) => get<Agreement>(root(id), {}, stop));
    const part = PARTS.find((p) => p === param('part').value) ?? 'now';
    return (
        <div class="screen">
            <Answer asked={asked}>{(a) => {
                const names = new Map(a.parties.map((p) => [p.party, p.name ?? p.party]));
                return (
                    <>
                        <div class="head">
                            <h1><bdi>{a.title}</bdi></h1>
                            <a href={link('ceasefire')}>{t('ceasefire.all')}</a>
                        </div>
                        <p class="note">
                            {t('ceasefire.inforce', { from: day(localDay(a.from, a.time_zone)), to: day(localDay(a.to, a.time_zone, -1)), version: a.version ?? '' })}{' '}
                            {t('ceasefire.counts', { reports: num(a.counts.reports), incidents: num(a.counts.incidents), quarantined: num(a.counts.quarantined) })}{' '}
                            {a.watermark ? t('ceasefire.until', { when: instant(a.watermark) }) : t('ceasefire.until.none')}
                        </p>
                        <nav class="views" aria-label={t('ceasefire.parts')}>
                            {PARTS.map((p) => <a key={p} href={link('ceasefire', id, { part: p === 'now' ? null : p })} aria-current={p === part ? 'page' : undefined}>{t(`ceasefire.part.${p}`)}</a>)}
                        </nav>
                        {part === 'now' && <Now id={id} agreement={a} names={names} again={asked.again} />}
                        {part === 'clauses' && <Clauses id={id} agreement={a} />}
                        {part === 'sources' && <Sources id={id} agreement={a} names={names} />}
                        {part === 'report' && <Report id={id} agreement={a} names={names} />}
                    </>
                );
            }}</Answer>
        </div>
    );
}

export default function Ceasefire({ id }: ScreenProps) {
    return id ? <One key={id} id={id} /> : <All />;
}

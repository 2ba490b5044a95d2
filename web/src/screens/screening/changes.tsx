/* Who was added, changed, removed between two vintages of a list. */
import { Answer, Choice, Export } from '../../app/parts';
import { param } from '../../app/route';
import { get, useAsked } from '../../api/client';
import { day, has, num, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import type { Change, Entity, Vintage } from './data';

const fieldName = (f: string) => (has(`screening.field.${f}`) ? t(`screening.field.${f}`) : f);

function differing(before: Entity | null, after: Entity | null, side: 'before' | 'after'): string {
    const mine = (side === 'before' ? before : after)?.properties ?? {}, other = (side === 'before' ? after : before)?.properties ?? {};
    return Object.entries(mine).filter(([key, values]) => JSON.stringify(values) !== JSON.stringify(other[key]))
        .map(([, values]) => values.join(', ')).join('; ');
}

export function Changes() {
    const lists = useAsked((stop) => get<{ items: Vintage[] }>('api/v1/screening/lists', {}, stop));
    const query = () => ({ list: param('list').value, kind: param('kind').value, limit: 500 });
    const changes = useAsked((stop) => (param('list').value ? get<{ items: Change[]; next: string | null }>('api/v1/screening/diff', query(), stop) : null));
    return (
        <section class="panel" aria-labelledby="changes">
            <h2 id="changes">{t('screening.changes')}</h2>
            <p class="note">{t('screening.changes.text')}</p>
            <Answer asked={lists}>{(got) => (
                <>
                    <div class="ask">
                        <Choice name="list" label={t('screening.list')} options={[{ value: '', text: t('screening.choose') },
                            ...[...new Set(got.items.map((v) => v.list))].map((l) => ({ value: l, text: l }))]} />
                        <Choice name="kind" label={t('screening.change')} options={['', 'added', 'changed', 'removed'].map((k) => ({ value: k, text: k ? t(`screening.change.${k}`) : t('screening.any') }))} />
                    </div>
                    <Table caption={t('screening.vintages')} rows={got.items.filter((v) => !param('list').value || v.list === param('list').value)} rowKey={(v) => String(v.vintage)} step={20} columns={[
                        { key: 'list', head: t('screening.list'), value: (v) => v.list, cell: (v) => <bdi>{v.list}</bdi> },
                        { key: 'version', head: t('screening.version'), value: (v) => v.version, cell: (v) => <bdi>{v.version}</bdi> },
                        { key: 'vintage', head: t('screening.vintage'), number: true, value: (v) => v.vintage },
                        { key: 'entries', head: t('screening.entries'), number: true, value: (v) => v.entries, cell: (v) => num(v.entries) },
                        { key: 'known', head: t('screening.known'), value: (v) => v.known_at, cell: (v) => day(v.known_at.slice(0, 10)) },
                    ]} />
                </>
            )}</Answer>
            {param('list').value && <Answer asked={changes}>{(got) => (got.items.length === 0 ? <p role="status">{t('screening.change.none')}</p> : (
                <>
                    <Table caption={t('screening.changes')} hideCaption rows={got.items} rowKey={(c) => c.change + c.entity} step={100} head="caption" columns={[
                        { key: 'change', head: t('screening.change'), value: (c) => t(`screening.change.${c.change}`) },
                        { key: 'caption', head: t('screening.name'), value: (c) => c.caption, cell: (c) => <bdi>{c.caption}</bdi> },
                        { key: 'fields', head: t('screening.fields'), value: (c) => c.fields.map(fieldName).join(', ') },
                        { key: 'before', head: t('screening.before'), value: (c) => (c.change === 'changed' ? differing(c.before, c.after, 'before') : ''), cell: (c) => <bdi>{c.change === 'changed' ? differing(c.before, c.after, 'before') : ''}</bdi> },
                        { key: 'after', head: t('screening.after'), value: (c) => (c.change === 'changed' ? differing(c.before, c.after, 'after') : ''), cell: (c) => <bdi>{c.change === 'changed' ? differing(c.before, c.after, 'after') : ''}</bdi> },
                    ]} />
                    {got.next && <p class="note">{t('screening.more')}</p>}
                    <Export path="api/v1/screening/diff" query={query()} name="vigie-changes" forms={['csv', 'json']} />
                </>
            ))}</Answer>}
        </section>
    );
}

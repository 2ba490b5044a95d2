/* Incidents by day and level, stacked; days nobody watched are marked apart from quiet ones. */
import { PAD, ValueAxis } from '../../chart/axes';
import { Figure } from '../../chart/figure';
import { linear } from '../../chart/scale';
import { day, num, t } from '../../i18n/i18n';
import { set } from '../../app/route';
import { LEVELS, word, type Coverage, type Shown } from './data';

const HEIGHT = 130;
const DAY = 86_400_000;

interface Row { day: string; violation: number; probable: number; possible: number; watched: boolean | null }

function daysBetween(first: string, last: string): string[] {
    const days: string[] = [];
    for (let at = Date.parse(first); at <= Date.parse(last) && days.length < 400; at += DAY) days.push(new Date(at).toISOString().slice(0, 10));
    return days;
}

function rowsOf(incidents: Shown[], coverage: Coverage[], first: string, last: string): Row[] {
    const rows = new Map(daysBetween(first, last).map((d) => [d, { day: d, violation: 0, probable: 0, possible: 0, watched: coverage.length ? false : null } as Row]));
    for (const { properties: x } of incidents) {
        const row = rows.get(x.from.slice(0, 10));
        if (row && (x.level === 'violation' || x.level === 'probable' || x.level === 'possible')) row[x.level]++;
    }
    for (const c of coverage.filter((one) => one.state === 'watching'))
        for (let at = Date.parse(c.from.slice(0, 10)); at < Date.parse(c.to); at += DAY) {
            const row = rows.get(new Date(at).toISOString().slice(0, 10));
            if (row) row.watched = true;
        }
    return [...rows.values()];
}

export function Days({ incidents, coverage, first, last }: { incidents: Shown[]; coverage: Coverage[]; first: string; last: string }) {
    const rows = rowsOf(incidents, coverage, first, last);
    const top = Math.max(1, ...rows.map((r) => r.violation + r.probable + r.possible));
    const says = (r: Row) => `${day(r.day)}: ${LEVELS.map((l) => `${word('level', l)} ${num(r[l])}`).join(', ')}${r.watched === false ? ` · ${t('ceasefire.unwatched')}` : ''}`;
    return (
        <Figure title={t('ceasefire.days')} note={t('ceasefire.days.note')} rows={rows} rowKey={(r) => r.day} save="vigie-days" columns={[
            { key: 'day', head: t('ceasefire.day'), value: (r) => r.day, cell: (r) => day(r.day) },
            ...[...LEVELS].reverse().map((l) => ({ key: l, head: word('level', l), number: true, value: (r: Row) => r[l] })),
            { key: 'watched', head: t('ceasefire.watched'), value: (r) => (r.watched == null ? null : t(r.watched ? 'ceasefire.yes' : 'ceasefire.no')) },
        ]}>
            {(width) => {
                const y = linear(0, top, HEIGHT - PAD.bottom, PAD.top);
                const step = (width - PAD.left - PAD.right) / Math.max(1, rows.length);
                const every = Math.max(1, Math.ceil(rows.length / Math.max(1, Math.floor(width / 110))));
                return (
                    <svg width={width} height={HEIGHT} role="img" aria-label={t('ceasefire.days')} direction="ltr">
                        <ValueAxis y={y} width={width} />
                        {rows.map((r, i) => {
                            let below = 0;
                            return (
                                <g key={r.day} class="day" transform={`translate(${(PAD.left + i * step).toFixed(1)} 0)`} onClick={() => set({ from: r.day, to: r.day }, true)}>
                                    {r.watched === false && <rect class="unwatched" x={0} width={step} y={PAD.top} height={HEIGHT - PAD.bottom - PAD.top} />}
                                    {(['violation', 'probable', 'possible'] as const).map((l) => {
                                        const from = below;
                                        below += r[l];
                                        return r[l] > 0 && <rect key={l} class={`stack stack-${l}`} x={step * 0.12} width={Math.max(1, step * 0.76)} y={y(below)} height={y(from) - y(below)} />;
                                    })}
                                    <title>{says(r)}</title>
                                </g>
                            );
                        })}
                        <g class="axis" aria-hidden="true">
                            {rows.map((r, i) => i % every === 0 && <text key={r.day} x={PAD.left + (i + 0.5) * step} y={HEIGHT - 5} text-anchor={i ? 'middle' : 'start'}>{day(r.day)}</text>)}
                        </g>
                    </svg>
                );
            }}
        </Figure>
    );
}

/* One region: its past and its forecast, what the forecast is made of, months like this one, origins and reasons. */
import { Fan, type FanMonth } from '../../chart/fan';
import { monthNumber, monthText } from '../../chart/scale';
import { Answer } from '../../app/parts';
import { get, useAsked } from '../../api/client';
import type { Result, Rows } from '../../api/types';
import { has, month, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { Meter } from '../look/bar';
import { provenance } from '../look/data';
import type { ArrivalMonth, ArrivalRun, Region } from './shared';

interface Driver { driver: string; covariate: string; value: number | null; factor: number }
interface Analogue { unit: number; month: string; name: string; weight: number; before: number | null; after: number | null }
interface ReasonsBody { base: number; median: number; drivers: Driver[]; analogues: Analogue[] }
interface Part { by: string; name: string; reason: string; share: number; share_low: number; share_high: number; mean: number; low: number; high: number }
interface SplitBody { parts: Part[] }

/** The past and what is forecast, one month after another. */
export function fanOf(region: Region, supposed?: Map<string, number>): FanMonth[] {
    const first = monthNumber(region.history_first);
    return [
        ...region.history.map((recorded, i) => ({ month: monthText(first + i), recorded })),
        ...region.months.map((m) => ({
            month: m.month, mean: m.mean, q05: m.quantiles[0]!, q25: m.quantiles[1]!, q50: m.quantiles[2]!, q75: m.quantiles[3]!, q95: m.quantiles[4]!,
            baseline: supposed ? supposed.get(m.month) ?? null : m.expanding,
        })),
    ];
}

const driverName = (d: Driver): string => {
    const key = d.driver.replace(/^displacement\.driver\./, '');
    return key !== 'covariate' && has(`displacement.driver.${key}`) ? t(`displacement.driver.${key}`) : d.covariate || key;
};

const reasonName = (text: string): string => {
    const key = /drought/i.test(text) ? 'drought' : /flood/i.test(text) ? 'flood' : /conflict|insecurity/i.test(text) ? 'conflict'
        : /^other/i.test(text) ? 'other' : text ? '' : 'unknown';
    return key ? t(`displacement.reason.${key}`) : text;
};

const driverColumns = (): Column<Driver>[] => [
    { key: 'driver', head: t('displacement.driver'), value: driverName },
    { key: 'value', head: t('figure.value'), number: true, value: (d) => d.value, cell: (d) => num(d.value, d.value != null && Math.abs(d.value) < 20 ? 1 : 0) },
    { key: 'factor', head: t('displacement.times'), number: true, value: (d) => d.factor, cell: (d) => `× ${num(d.factor, 2)}` },
];

const analogueColumns = (): Column<Analogue>[] => [
    { key: 'what', head: t('figure.past'), value: (a) => `${a.name}, ${month(a.month)}` },
    { key: 'before', head: t('displacement.before'), number: true, value: (a) => a.before },
    { key: 'after', head: t('displacement.after'), number: true, value: (a) => a.after },
    { key: 'weight', head: t('figure.weight'), number: true, value: (a) => a.weight, cell: (a) => num(a.weight, 2) },
];

const partColumns = (head: string, name: (p: Part) => string): Column<Part>[] => [
    { key: 'name', head, value: name },
    { key: 'share', head: t('figure.share'), number: true, value: (p) => p.share, cell: (p) => <><Meter share={p.share} width={60} />{pct(p.share)}</> },
    { key: 'range', head: t('figure.in90'), number: true, value: (p) => p.share_high, cell: (p) => `${pct(p.share_low)} – ${pct(p.share_high)}` },
    { key: 'mean', head: t('figure.mean'), number: true, value: (p) => p.mean },
];

const MOST_PARTS = 8;

function Split({ body }: { body: SplitBody | undefined }) {
    if (!body) return <p class="note">{t('displacement.nosplit')}</p>;
    const of = (by: string) => body.parts.filter((p) => p.by === by && p.share >= 0.0005).slice(0, MOST_PARTS);
    const origin = (p: Part) => p.name || t('figure.unknown');
    return (
        <>
            <h3>{t('displacement.origins')}</h3>
            <Table caption={t('displacement.origins')} hideCaption rows={of('origin')} columns={partColumns(t('displacement.from'), origin)} rowKey={origin} save="vigie-origins" />
            <h3>{t('displacement.reasons')}</h3>
            <Table caption={t('displacement.reasons')} hideCaption rows={of('reason')} columns={partColumns(t('displacement.reason'), (p) => reasonName(p.reason))} rowKey={(p) => p.reason} save="vigie-reasons" />
        </>
    );
}

export function fanNote(m: ArrivalMonth | undefined): string {
    if (!m) return '';
    const q = m.quantiles.map((v) => num(v));
    return t('displacement.fan.text', { month: month(m.month, true), low90: q[0]!, low50: q[1]!, median: q[2]!, high50: q[3]!, high90: q[4]! });
}

export function RegionPanels({ run, region, at }: { run: ArrivalRun; region: Region; at: string }) {
    const path = `api/v1/runs/${run.run}/results`;
    const asked = useAsked(async (stop) => {
        const [why, split] = await Promise.all([
            get<Rows<Result<ReasonsBody>>>(path, { kind: 'explanation', unit: region.unit, month: at }, stop),
            get<Rows<Result<SplitBody>>>(path, { kind: 'split', unit: region.unit, month: at }, stop),
        ]);
        return { why: why.items[0]?.body, split: split.items[0]?.body };
    });
    const title = t('displacement.fan', { name: region.name });
    const from = <p class="from">{provenance(run)}</p>;
    return (
        <>
            <section class="panel">
                <Fan title={title} months={fanOf(region)} height={260} marks={[1000, 5000]} save={`vigie-arrivals-${region.unit}`} note={fanNote(region.months.find((m) => m.month === at))} />
                {region.sparse > 0 && <p class="bad">{t('displacement.sparse')}</p>}
                {from}
            </section>
            <Answer asked={asked}>
                {({ why, split }) => (
                    <div class="half">
                        <section class="panel">
                            <h2>{t('displacement.drivers')}</h2>
                            {why ? (
                                <>
                                    <p class="note">{t('displacement.drivers.text', { base: num(why.base), median: num(why.median) })}</p>
                                    <Table caption={t('displacement.drivers')} hideCaption rows={why.drivers} columns={driverColumns()} rowKey={(d) => d.driver + d.covariate} save="vigie-factors" />
                                    <h3>{t('displacement.analogues')}</h3>
                                    <Table caption={t('displacement.analogues')} hideCaption rows={why.analogues} columns={analogueColumns()} rowKey={(a) => `${a.unit} ${a.month}`} save="vigie-months" />
                                </>
                            ) : <p class="note">{t('country.noreasons')}</p>}
                            {from}
                        </section>
                        <section class="panel"><Split body={split} />{from}</section>
                    </div>
                )}
            </Answer>
        </>
    );
}

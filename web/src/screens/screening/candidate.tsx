/* One candidate: who it is, which parts of the names stand side by side, and what each feature added or took, as bars with
 * their numbers. Invariant: it is called a candidate, never more; the bar is drawn to the right for, to the left against. */
import { nameOf } from '../../i18n/countries';
import { has, lang, num, pct, signed, t } from '../../i18n/i18n';
import type { Candidate as Shown, Reason } from './data';

const word = (key: string, code: string | null) => (code && has(`${key}.${code}`) ? t(`${key}.${code}`) : (code ?? ''));
const known = (all: (string | null | undefined)[]) => all.filter(Boolean).join(', ');
const countryOf = (code: string) => (/^[A-Z]{3}$/.test(code) ? nameOf(code) : code);

/* The server writes sentences in English and French; readers of other languages get the feature's words and both values. */
function Sentence({ reason }: { reason: Reason }) {
    if (lang.value === 'en' || lang.value === 'fr') return <bdi>{reason.text}</bdi>;
    return <>{word('screening.what', reason.what)}{' '}<bdi>{known([reason.asked, reason.listed])}</bdi></>;
}

function Parts({ reasons }: { reasons: Reason[] }) {
    const parts = reasons.filter((r) => ['part', 'unpaired-query', 'unpaired-list'].includes(r.kind));
    if (!parts.length) return null;
    return (
        <div class="tabled">
            <table>
                <caption>{t('screening.parts')}</caption>
                <thead><tr><th scope="col">{t('screening.asked')}</th><th scope="col">{t('screening.listed')}</th><th scope="col">{t('screening.likeness')}</th></tr></thead>
                <tbody>
                    {parts.map((p, i) => (
                        <tr key={i}>
                            <td><bdi>{p.asked ?? t('screening.nothing')}</bdi></td>
                            <td><bdi>{p.listed ?? t('screening.nothing')}</bdi></td>
                            <td>{p.kind === 'part' ? <>{word('screening.what', p.what)} {p.value != null && num(p.value, 2)}</> : t('screening.unpaired')}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Bar({ value, most }: { value: number; most: number }) {
    const width = `${(50 * Math.min(1, Math.abs(value) / most)).toFixed(1)}%`;
    return (
        <span class="weight" aria-hidden="true">
            <span class={value < 0 ? 'against' : 'for'} style={value < 0 ? { width, right: '50%' } : { width, left: '50%' }} />
        </span>
    );
}

function Weights({ reasons }: { reasons: Reason[] }) {
    const told = reasons.filter((r) => r.log_odds != null && !['part', 'unpaired-query', 'unpaired-list'].includes(r.kind));
    const most = Math.max(1, ...told.map((r) => Math.abs(r.log_odds!)));
    return (
        <div class="tabled">
            <table>
                <caption>{t('screening.weights')}</caption>
                <thead><tr><th scope="col">{t('screening.feature')}</th><th scope="col" class="number">{t('screening.logodds')}</th><th scope="col"><span class="hidden">{t('screening.bar')}</span></th></tr></thead>
                <tbody>
                    {told.map((r, i) => (
                        <tr key={i}>
                            <th scope="row"><strong>{word('screening.kind', r.kind)}</strong>{': '}<Sentence reason={r} /></th>
                            <td class="number">{signed(r.log_odds, 2)}</td>
                            <td class="bars"><Bar value={r.log_odds!} most={most} /></td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Fact({ label, values }: { label: string; values: (string | null | undefined)[] | undefined }) {
    const text = known(values ?? []);
    return text ? <div><dt>{label}</dt><dd><bdi>{text}</bdi></dd></div> : null;
}

export function Candidate({ shown: c }: { shown: Shown }) {
    return (
        <article class="candidate">
            <h3><bdi>{c.caption ?? c.entity}</bdi></h3>
            <p>
                <strong>{t('screening.score', { score: pct(c.score) })}</strong>{' '}
                {c.is_hit ? t('screening.hit') : c.excepted ? t('screening.excepted') : t('screening.below')}
            </p>
            {c.decision && (
                <p class="note">
                    {t('screening.decided', { verdict: word('screening.verdict', c.decision.verdict), who: c.decision.who ?? t('screening.somebody') })}{' '}
                    <bdi>{c.decision.reason}</bdi> {c.decision.outdated && t('screening.outdated')}
                </p>
            )}
            <dl class="facts">
                <Fact label={t('screening.list')} values={[c.list, c.list_version]} />
                <Fact label={t('screening.vintage')} values={[String(c.vintage)]} />
                <Fact label={t('screening.programme')} values={c.programme} />
                <Fact label={t('screening.schema')} values={[word('screening.is', c.schema)]} />
                <Fact label={t('screening.matched')} values={[c.matched]} />
                <Fact label={t('screening.birth')} values={c.birth} />
                <Fact label={t('screening.country')} values={[...(c.country ?? []), ...(c.nationality ?? [])].map(countryOf)} />
                <Fact label={t('screening.position')} values={c.position} />
            </dl>
            <Parts reasons={c.reasons} />
            <Weights reasons={c.reasons} />
        </article>
    );
}

/* The observers' page: the map of opinions as it grows, groups and what they stand for, common ground, divisions, who was not
 * heard. Invariant: what is drawn is what the server sends, and that is never of fewer than five people. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { lang, num, pct, t } from '../i18n/i18n';
import { place, post, Refused, type Texts } from './room';
import { HeardTables, type Heard } from './desk';
import { Frame, Said } from './shared';

interface Support { votes: number; agree: number; pass: number; disagree: number; support: number; low: number; high: number }
interface Statement { number: number; language: string; text: string; texts: Texts; place: string; everyone: Support; groups: (Support | null)[] }
interface Group { label: string; size: number; x: number; y: number; rx: number; ry: number; stands: { number: number; agree: boolean; share: number; low: number; high: number }[] }
interface Picture {
    enough: boolean; people: number; votes: number; map: { box: [number, number, number]; step: number; places: [number, number, number][] };
    stability: number | null; groups: Group[]; statements: Statement[]; dividing: number[]; heard: Heard[];
}
interface Seen { topic: string; state: 'open' | 'paused' | 'closed'; number: number; picture: Picture | null }

const seen = signal<Seen | null>(null);
const fault = signal('');

async function load() {
    try {
        seen.value = await post<Seen>('observe', { key: place().secret });
        fault.value = '';
    } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        fault.value = failure.status ? failure.message : t('live.no-signal');
    }
}

function Map({ p }: { p: Picture }) {
    const [x, y, width] = p.map.box;
    const at = (px: number, py: number) => [(px - x) / width * 100, (1 - (py - y) / width) * 100] as const;
    const side = p.map.step / width * 100;
    const size = (n: number) => side * { 5: .35, 10: .5, 20: .65, 50: .8, 100: .92 }[n as 5] || side;
    return (
        <figure class="figure">
            <svg class="map" viewBox="-6 -6 112 112" role="img" aria-label={t('observe.map.text', { people: num(p.people), n: num(p.groups.length) })}>
                {p.map.places.map(([px, py, n]) => {
                    const [cx, cy] = at(px, py);
                    return <circle key={`${px} ${py}`} class="place" cx={cx} cy={cy} r={size(n) / 2} />;
                })}
                {p.groups.map((g, i) => {
                    const [cx, cy] = at(g.x, g.y);
                    return (
                        <g key={g.label}>
                            <ellipse class={`round g${i}`} cx={cx} cy={cy} rx={Math.max(g.rx / width * 200, 4)} ry={Math.max(g.ry / width * 200, 4)} />
                            <text class="label" x={cx} y={cy - Math.max(g.ry / width * 200, 4) - 1.5} text-anchor="middle" style={{ fontSize: '5px', fontWeight: 700 }}>{g.label}</text>
                        </g>
                    );
                })}
            </svg>
            <figcaption class="note">{t('observe.map.how')}</figcaption>
            <div class="tabled" tabIndex={0} role="region" aria-label={t('observe.groups')}>
                <table>
                    <caption>{t('observe.groups')}</caption>
                    <thead><tr><th scope="col">{t('observe.group')}</th><th scope="col" class="number">{t('desk.people')}</th><th scope="col" class="number">{t('observe.part')}</th></tr></thead>
                    <tbody>{p.groups.map((g) => <tr key={g.label}><th scope="row">{g.label}</th><td class="number">{num(g.size)}</td><td class="number">{pct(g.size / p.people)}</td></tr>)}</tbody>
                </table>
            </div>
        </figure>
    );
}

const wordsOf = (s: Statement) => s.texts[lang.value] ?? s.text;
const languageOf = (s: Statement) => (lang.value in s.texts ? lang.value : s.language);

function Bars({ s, groups }: { s: Statement; groups: Group[] }) {
    const rows: [string, Support | null][] = [[t('observe.all'), s.everyone], ...groups.map((g, i) => [t('observe.group.n', { label: g.label }), s.groups[i] ?? null] as [string, Support | null])];
    return (
        <div class="bars">
            {rows.filter((_, i) => groups.length > 1 || i === 0).map(([name, x]) => (
                <>
                    <span>{name}</span>
                    <span class="strip" aria-hidden="true">{x && <><i class="yes" style={{ width: `${x.agree * 100}%` }} /><i class="no" style={{ width: `${x.disagree * 100}%` }} /></>}</span>
                    <span>{x ? t('observe.agree', { p: pct(x.agree), n: num(x.votes) }) : t('desk.few')}</span>
                </>
            ))}
        </div>
    );
}

function Statements({ title, note, list, groups }: { title: string; note: string; list: Statement[]; groups: Group[] }) {
    return (
        <section class="panel">
            <h2>{title}</h2>
            <p class="note">{note}</p>
            {list.slice(0, 12).map((s) => <div class="item" key={s.number}><p class="words"><Said text={wordsOf(s)} language={languageOf(s)} /></p><Bars s={s} groups={groups} /></div>)}
            {!list.length && <p>{t('observe.none')}</p>}
        </section>
    );
}

function Groups({ p }: { p: Picture }) {
    const find = (n: number) => p.statements.find((s) => s.number === n);
    return (
        <section class="panel">
            <h2>{t('observe.stands')}</h2>
            {p.groups.length === 1 && <p>{t('observe.one')}</p>}
            {p.stability !== null && p.groups.length > 1 && <p class="note">{t('observe.stability', { x: num(p.stability, 2) })}</p>}
            {p.groups.length > 1 && p.groups.map((g) => (
                <div class="item" key={g.label}>
                    <h3>{t('observe.group.n', { label: g.label })} <span class="tag">{num(g.size)}</span></h3>
                    <ul class="kept">
                        {g.stands.map((x) => {
                            const s = find(x.number);
                            return s && <li key={x.number}>{t(x.agree ? 'observe.agrees' : 'observe.disagrees', { p: pct(x.share), low: pct(x.low), high: pct(x.high) })} <Said text={wordsOf(s)} language={languageOf(s)} /></li>;
                        })}
                    </ul>
                </div>
            ))}
        </section>
    );
}

function Table({ p }: { p: Picture }) {
    return (
        <details class="panel whole">
            <summary>{t('observe.table')}</summary>
            <div class="tabled" tabIndex={0} role="region" aria-label={t('observe.table')}>
                <table>
                    <thead><tr><th scope="col">{t('observe.statement')}</th>{['votes', 'yes', 'pass', 'no', 'expected'].map((k) => <th scope="col" class="number" key={k}>{t(`observe.col.${k}`)}</th>)}</tr></thead>
                    <tbody>{p.statements.map((s) => (
                        <tr key={s.number}><th scope="row"><Said text={wordsOf(s)} language={languageOf(s)} /></th><td class="number">{num(s.everyone.votes)}</td><td class="number">{pct(s.everyone.agree)}</td><td class="number">{pct(s.everyone.pass)}</td><td class="number">{pct(s.everyone.disagree)}</td>
                            <td class="number">{t('observe.interval', { x: pct(s.everyone.support), low: pct(s.everyone.low), high: pct(s.everyone.high) })}</td></tr>
                    ))}</tbody>
                </table>
            </div>
        </details>
    );
}

function Shown({ p }: { p: Picture }) {
    const common = p.statements.filter((s) => s.place === 'common' || s.place === 'refused');
    const dividing = p.dividing.map((n) => p.statements.find((s) => s.number === n)).filter((s) => s !== undefined);
    return (
        <div class="desk">
            <section class="panel"><h2>{t('observe.map')}</h2><Map p={p} /></section>
            <Groups p={p} />
            <Statements title={t('observe.common')} note={t('observe.common.how')} list={common} groups={p.groups} />
            <Statements title={t('observe.divides')} note={t('observe.divides.how')} list={dividing} groups={p.groups} />
            {p.heard.length > 0 && <section class="panel"><h2>{t('observe.unheard')}</h2><p class="note">{t('observe.unheard.how')}</p><HeardTables heard={p.heard} /></section>}
            <Table p={p} />
        </div>
    );
}

export function Observe() {
    useEffect(() => {
        void load();
        // The stream tells the number of the newest picture; only a new one is fetched.
        const url = `./api/v1/consultations/${encodeURIComponent(place().name)}/stream?key=${encodeURIComponent(place().secret)}`;
        const stream = new EventSource(url);
        stream.addEventListener('picture', (e) => {
            const news = JSON.parse((e as MessageEvent<string>).data) as { number: number; state: Seen['state'] };
            if (news.number !== seen.value?.number || news.state !== seen.value.state) void load();
        });
        return () => stream.close();
    }, []);
    const v = seen.value;
    document.title = v?.topic ?? t('observe.title');
    return (
        <Frame title={document.title} wide>
            {fault.value && <p class="banner bad" role="alert">{fault.value}</p>}
            {v && <p class="row"><strong>{t(`live.${v.state}`)}</strong>{v.picture?.enough && <span role="status">{t('observe.head', { people: num(v.picture.people), votes: num(v.picture.votes) })}</span>}</p>}
            {v && !v.picture?.enough && <p class="banner">{t('observe.wait')}</p>}
            {v?.picture?.enough && <Shown p={v.picture} />}
            <p class="note">{t('observe.few')}</p>
        </Frame>
    );
}

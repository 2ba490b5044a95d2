/* The moderator's desk: what waits, what is nearly the same, who came how, and the log. Invariant: every act is sent with its
 * number and its reason, and what is shown afterwards is what the server then says. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { instant, lang, num, pct, t } from '../i18n/i18n';
import { inLanguage, isClosed, isOpen, place, post, Refused, type Texts } from './room';
import { Frame, Said } from './shared';

interface Statement {
    number: number; moderation: number; merged_into: number; asked: boolean; seed: boolean; at: string; author: number; muted: boolean;
    votes: number | null; texts: { language: string; text: string }[];
}
interface Code { code: number; most: number; per_minute: number; stopped: boolean; muted: boolean; people: number | null; voters: number | null; busiest_minute: number | null; refused: number; flood: boolean }
interface Act { act: number; at: string; who: string; what: string; target: number; other: number; reason: string; undone: boolean }
export interface Heard { question: string; texts: Texts; answers: { answer: string; texts: Texts; people: number | null; share: number | null; low: number | null; high: number | null; there: number | null; missing: boolean }[] }
interface DeskView {
    topic: string; languages: string; state: 'open' | 'paused' | 'closed'; moderated: string; statements: Statement[];
    near: { first: number; second: number; similarity: number }[]; codes: Code[]; single_codes: number; single_used: number | null;
    people: number | null; voters: number | null; log: Act[]; heard: Heard[];
}

const view = signal<DeskView | null>(null);
const fault = signal('');
const passed = signal<string[]>([]);

async function load() {
    try {
        view.value = await post<DeskView>('desk', { key: place().secret });
        fault.value = '';
    } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        fault.value = failure.status ? failure.message : t('live.no-signal');
    }
}

async function act(what: string, more: Record<string, string | number> = {}) {
    try {
        await post('acts', { key: place().secret, act: what, ...more });
        fault.value = '';
    } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        fault.value = failure.status ? failure.message : t('live.no-signal');
        return;
    }
    await load();
}

/** A number under five is kept back by the server: null. */
const few = (n: number | null) => (n === null ? t('desk.few') : num(n));

/* A button that asks for a reason first. */
function WithReason({ label, send }: { label: string; send: (reason: string) => void }) {
    const open = useRef(signal(false)).current;
    const room = useRef<HTMLInputElement>(null);
    if (!open.value) return <button type="button" class="small" onClick={() => { open.value = true; }}>{label}</button>;
    return (
        <form class="ask" onSubmit={(e) => { e.preventDefault(); if (room.current!.value.trim()) { send(room.current!.value); open.value = false; } }}>
            <input ref={room} aria-label={t('desk.reason')} placeholder={t('desk.reason')} maxLength={400} required autofocus dir="auto" />
            <button type="submit" class="small primary">{label}</button>
            <button type="button" class="small" onClick={() => { open.value = false; }}>{t('desk.cancel')}</button>
        </form>
    );
}

const words = (s: Statement) => s.texts.find((x) => x.language === lang.value) ?? s.texts[0]!;

function Words({ s }: { s: Statement }) {
    return (
        <p class="words">
            <span class="tag">{s.number}</span> <Said text={words(s).text} language={words(s).language} />
            {words(s) !== s.texts[0] && <> <span class="note">(<Said text={s.texts[0]!.text} language={s.texts[0]!.language} />)</span></>}
        </p>
    );
}

function Mute({ s }: { s: Statement }) {
    if (!s.author) return null;
    return s.muted ? <button type="button" class="small" onClick={() => void act('unmute', { target: s.author })}>{t('desk.unmute')}</button>
        : <WithReason label={t('desk.mute')} send={(reason) => void act('mute', { target: s.author, reason })} />;
}

function Queue({ v }: { v: DeskView }) {
    const waiting = v.statements.filter((s) => s.moderation === 0);
    return (
        <section class="panel">
            <h2>{t('desk.queue')} <span class="tag">{num(waiting.length)}</span></h2>
            {!waiting.length && <p class="note">{t('desk.queue.none')}</p>}
            {waiting.map((s) => (
                <div class="item" key={s.number}>
                    <Words s={s} />
                    <div class="row">
                        <button type="button" class="small primary" onClick={() => void act('accept', { target: s.number })}>{t('desk.accept')}</button>
                        <WithReason label={t('desk.reject')} send={(reason) => void act('reject', { target: s.number, reason })} />
                        <Mute s={s} />
                    </div>
                </div>
            ))}
        </section>
    );
}

function Near({ v }: { v: DeskView }) {
    const at = (n: number) => v.statements[n - 1]!;
    const pairs = v.near.filter((p) => !passed.value.includes(`${p.first} ${p.second}`)).slice(0, 8);
    return (
        <section class="panel">
            <h2>{t('desk.near')}</h2>
            <p class="note">{t('desk.near.how')}</p>
            {pairs.map((p) => (
                <div class="item" key={`${p.first} ${p.second}`}>
                    <div class="pair">
                        {[[p.first, p.second], [p.second, p.first]].map(([keep, drop]) => (
                            <div key={keep}>
                                <Words s={at(keep!)} />
                                <button type="button" class="small" onClick={() => void act('merge', { target: drop!, other: keep! })}>{t('desk.keep', { n: keep!, m: drop! })}</button>
                            </div>
                        ))}
                    </div>
                    <button type="button" class="small plain" onClick={() => { passed.value = [...passed.value, `${p.first} ${p.second}`]; }}>{t('desk.different', { p: pct(p.similarity) })}</button>
                </div>
            ))}
            {!pairs.length && <p class="note">{t('desk.near.none')}</p>}
        </section>
    );
}

function Add({ v }: { v: DeskView }) {
    const form = useRef<HTMLFormElement>(null);
    const send = async (e: Event) => {
        e.preventDefault();
        const data = new FormData(form.current!);
        const target = Number(data.get('target'));
        await act(target ? 'wording' : 'seed', { text: String(data.get('text')), lang: String(data.get('lang')), ...(target ? { target } : {}) });
        if (!fault.value) form.current!.reset();
    };
    return (
        <section class="panel">
            <h2>{t('desk.add')}</h2>
            <form ref={form} onSubmit={(e) => void send(e)}>
                <textarea name="text" aria-label={t('desk.add.text')} maxLength={280} rows={2} required dir="auto" />
                <div class="row">
                    <label class="field"><span>{t('live.language')}</span>
                        <select name="lang">{v.languages.split(',').map((l) => <option key={l} value={l}>{l}</option>)}</select></label>
                    <label class="field"><span>{t('desk.add.of')}</span>
                        <select name="target"><option value="0">{t('desk.add.new')}</option>
                            {v.statements.filter((s) => s.asked).map((s) => <option key={s.number} value={s.number}>{`${s.number} ${words(s).text.slice(0, 40)}`}</option>)}</select></label>
                    <button type="submit" class="small primary">{t('desk.add.go')}</button>
                </div>
            </form>
        </section>
    );
}

function Come({ v }: { v: DeskView }) {
    return (
        <section class="panel">
            <h2>{t('desk.come')}</h2>
            <dl class="facts">
                <div><dt>{t('desk.people')}</dt><dd>{few(v.people)}</dd></div>
                <div><dt>{t('desk.voters')}</dt><dd>{few(v.voters)}</dd></div>
                <div><dt>{t('desk.single')}</dt><dd>{t('desk.single.of', { n: few(v.single_used), of: num(v.single_codes) })}</dd></div>
            </dl>
            {v.codes.map((c) => (
                <div class="item" key={c.code}>
                    {c.flood && <p class="banner bad" role="status">{t('desk.flood', { n: few(c.busiest_minute), refused: num(c.refused) })}</p>}
                    <p>{t('desk.link', { n: few(c.people), most: num(c.most), rate: num(c.per_minute) })} {c.stopped && <span class="tag">{t('desk.stopped')}</span>} {c.muted && <span class="tag">{t('desk.muted')}</span>}</p>
                    <div class="row">
                        {!c.stopped && <WithReason label={t('desk.stop-code')} send={(reason) => void act('stop-code', { target: c.code, reason })} />}
                        {!c.muted && <WithReason label={t('desk.mute-code')} send={(reason) => void act('mute-code', { target: c.code, reason })} />}
                    </div>
                </div>
            ))}
            <HeardTables heard={v.heard} />
        </section>
    );
}

export function HeardTables({ heard }: { heard: Heard[] }) {
    return (
        <>
            {heard.map((q) => (
                <div class="tabled" key={q.question} tabIndex={0} role="region" aria-label={inLanguage(q.texts, lang.value)}>
                    <table>
                        <caption><Said text={inLanguage(q.texts, lang.value)} language="" /></caption>
                        <thead><tr><th scope="col">{t('desk.answer')}</th><th scope="col" class="number">{t('desk.people')}</th><th scope="col" class="number">{t('desk.here')}</th><th scope="col" class="number">{t('desk.there')}</th><th scope="col">{t('desk.heard')}</th></tr></thead>
                        <tbody>{q.answers.map((a) => (
                            <tr key={a.answer}>
                                <th scope="row"><Said text={inLanguage(a.texts, lang.value)} language="" /></th>
                                <td class="number">{few(a.people)}</td><td class="number">{pct(a.share)}</td><td class="number">{pct(a.there)}</td>
                                <td>{a.missing ? t('desk.missing') : ''}</td>
                            </tr>
                        ))}</tbody>
                    </table>
                </div>
            ))}
        </>
    );
}

function Everything({ v }: { v: DeskView }) {
    const seen = v.statements.filter((s) => s.moderation !== 0);
    return (
        <section class="panel">
            <h2>{t('desk.statements')} <span class="tag">{num(seen.length)}</span></h2>
            {seen.map((s) => (
                <div class={s.asked ? 'item' : 'item off'} key={s.number}>
                    <Words s={s} />
                    <div class="row">
                        <span class="note">{t('desk.votes', { n: few(s.votes) })}</span>
                        {s.merged_into > 0 && <span class="tag">{t('desk.merged', { n: s.merged_into })}</span>}
                        {s.asked ? <WithReason label={t('desk.reject')} send={(reason) => void act('reject', { target: s.number, reason })} />
                            : <button type="button" class="small" onClick={() => void act('accept', { target: s.number })}>{t('desk.accept')}</button>}
                        <Mute s={s} />
                    </div>
                </div>
            ))}
        </section>
    );
}

function Log({ v }: { v: DeskView }) {
    return (
        <section class="panel whole">
            <h2>{t('desk.log')}</h2>
            {v.log.length > 0 && (
                <div class="tabled" tabIndex={0} role="region" aria-label={t('desk.log')}>
                    <table>
                        <thead><tr>{['when', 'who', 'what', 'why', 'undo'].map((k) => <th scope="col" key={k}>{t(`desk.log.${k}`)}</th>)}</tr></thead>
                        <tbody>{v.log.map((a) => (
                            <tr key={a.act}>
                                <td>{instant(a.at)}</td><td><bdi>{a.who}</bdi></td>
                                <td>{t(`desk.act.${a.what}`)} {a.target > 0 && a.target <= v.statements.length && !/mute|code|undo/.test(a.what) ? a.target : ''}{a.other > 0 ? ` → ${a.other}` : ''} {a.undone && <span class="tag">{t('desk.undone')}</span>}</td>
                                <td><bdi>{a.reason}</bdi></td>
                                <td>{!a.undone && !['undo', 'left', 'seed', 'wording'].includes(a.what) && <button type="button" class="small" aria-label={t('desk.undo.what', { what: t(`desk.act.${a.what}`) })} onClick={() => void act('undo', { target: a.act })}>{t('desk.undo')}</button>}</td>
                            </tr>
                        ))}</tbody>
                    </table>
                </div>
            )}
            {!v.log.length && <p class="note">{t('desk.log.none')}</p>}
        </section>
    );
}

export function Desk() {
    useEffect(() => {
        void load();
        // While somebody writes a reason nothing moves under their hands.
        const timer = setInterval(() => { if (!document.activeElement?.closest('form') && !document.hidden) void load(); }, 5000);
        return () => clearInterval(timer);
    }, []);
    const v = view.value;
    document.title = v ? `${t('desk.title')}: ${v.topic}` : t('desk.title');
    return (
        <Frame title={document.title} wide>
            {fault.value && <p class="banner bad" role="alert">{fault.value}</p>}
            {v && (
                <>
                    <p class="row">
                        <strong role="status">{t(`live.${v.state}`)}</strong>
                        {isOpen(v.state) && <button type="button" onClick={() => void act('pause')}>{t('desk.pause')}</button>}
                        {!isOpen(v.state) && <button type="button" onClick={() => void act('resume')}>{t('desk.resume')}</button>}
                        {!isClosed(v.state) && <button type="button" class="danger" onClick={() => void act('close')}>{t('desk.close')}</button>}
                        <span class="note">{t(`desk.moderated.${v.moderated}`)}</span>
                    </p>
                    <div class="desk"><Queue v={v} /><Near v={v} /><Come v={v} /><Add v={v} /><Everything v={v} /><Log v={v} /></div>
                </>
            )}
        </Frame>
    );
}

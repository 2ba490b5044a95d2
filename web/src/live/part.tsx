/* Taking part: consent, a few questions about oneself, then one statement after the other. Invariant: nothing waits for the
 * line: a vote is kept on the device, the next statement is there already, and what was cast is sent when it can be. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { lang, num, t } from '../i18n/i18n';
import { cast, ended, forget, inLanguage, isClosed, isOpen, keep, kept, look, newNumber, offline, place, post, Refused, send, waiting, type About, type Item } from './room';
import { Frame, Said } from './shared';

type Step = 'wait' | 'consent' | 'tell' | 'vote' | 'left' | 'refused';
const step = signal<Step>('wait');
const about = signal<About | null>(null);
const items = signal<Item[]>(kept.items);
const done = signal({ answered: kept.answered, of: kept.of });
const past = signal<Item[]>([]);
const voted = new Set<number>();
const said = signal('');
const fault = signal('');

const tell = (failure: unknown) => {
    if (!(failure instanceof Refused)) throw failure;
    fault.value = failure.status === 0 ? t('live.no-signal')
        : failure.status === 429 ? t('live.many') : failure.status === 409 ? t('live.used') : failure.status === 403 ? t('live.no-code') : failure.message;
};

const speak = () => {
    keep({ lang: lang.value });
    return about.value?.languages.split(',').includes(lang.value) ? lang.value : about.value?.languages.split(',')[0] ?? '';
};

async function refill() {
    await look();
    items.value = kept.items;
    done.value = { answered: kept.answered, of: kept.of };
    if (ended.value === 'gone') { forget(); step.value = 'refused'; }
}

async function begin() {
    const body = kept.joined ? { secret: kept.secret } : { code: place().secret };
    try {
        about.value = await post<About>('about', body);
        ended.value = about.value.state;
    } catch (failure) {
        if (failure instanceof Refused && failure.status === 0 && kept.joined) { offline.value = true; step.value = 'vote'; return; }
        tell(failure);
        if (!kept.joined || (failure as Refused).status !== 0) step.value = 'refused';
        if (kept.joined && (failure as Refused).status === 403) { forget(); if (place().secret) return begin(); }
        return;
    }
    fault.value = '';
    if (!kept.joined) { step.value = 'consent'; return; }
    step.value = kept.told || !about.value.questions.length ? 'vote' : 'tell';
    await refill();
    void send();
}

async function join() {
    fault.value = '';
    try {
        keep({ agreed: true }); // before it is sent: an answer that is lost on the way must not cost a code
        about.value = await post<About>('join', { secret: kept.secret, code: place().secret, consent: true });
        keep({ joined: true });
        step.value = about.value.questions.length ? 'tell' : 'vote';
        await refill();
    } catch (failure) { tell(failure); }
}

/* --- consent --- */

function Kept() {
    return <ul class="kept">{['votes', 'pseudonym', 'never', 'back', 'few'].map((k) => <li key={k}>{t(`live.kept.${k}`)}</li>)}</ul>;
}

function Consent() {
    const a = about.value!;
    return (
        <section>
            {a.description && <p class="lead" dir="auto">{a.description}</p>}
            {!isOpen(a.state) && <p class="banner" role="status">{t(`live.${a.state}`)}</p>}
            <h2>{t('live.how')}</h2>
            <p>{t('live.how.text')}</p>
            <h2>{t('live.kept')}</h2>
            <Kept />
            {fault.value && <p class="banner bad" role="alert">{fault.value}</p>}
            <button type="button" class="primary large" disabled={isClosed(a.state)} onClick={() => void join()}>{t('live.agree-join')}</button>
        </section>
    );
}

/* --- about oneself --- */

function Tell() {
    const a = about.value!;
    const form = useRef<HTMLFormElement>(null);
    const go = () => { keep({ told: true }); step.value = 'vote'; };
    const submit = async (e: Event) => {
        e.preventDefault();
        const answers = [...new FormData(form.current!)].filter(([, v]) => v).map(([q, v]) => `${q}=${String(v)}`);
        try {
            if (answers.length) await post('answers', { secret: kept.secret, answer: answers });
            go();
        } catch (failure) { tell(failure); }
    };
    return (
        <form ref={form} onSubmit={(e) => void submit(e)}>
            <h2>{t('live.you')}</h2>
            <p>{t('live.you.why')}</p>
            {a.questions.map((q) => (
                <fieldset key={q.question}>
                    <legend><Said text={inLanguage(q.texts, lang.value)} language="" /></legend>
                    {q.answers.map((x) => (
                        <label key={x.answer} class="choice"><input type="radio" name={q.question} value={x.answer} /> <Said text={inLanguage(x.texts, lang.value)} language="" /></label>
                    ))}
                </fieldset>
            ))}
            {fault.value && <p class="banner bad" role="alert">{fault.value}</p>}
            <p class="row"><button type="submit" class="primary">{t('live.go-on')}</button> <button type="button" onClick={go}>{t('live.skip')}</button></p>
        </form>
    );
}

/* --- voting --- */

function vote(value: number) {
    const item = items.value[0];
    if (!item || ended.value !== 'open') return;
    cast(item.number, value);
    const again = voted.has(item.number);
    voted.add(item.number);
    past.value = [...past.value, item].slice(-30);
    items.value = items.value.slice(1);
    if (!again) done.value = { ...done.value, answered: done.value.answered + 1 };
    keep({ items: items.value, answered: done.value.answered });
    said.value = t(value > 0 ? 'live.said-agree' : value < 0 ? 'live.said-disagree' : 'live.said-pass');
    if (items.value.length < 4) void send().then(() => refill());
}

function back() {
    const last = past.value.at(-1);
    if (!last) return;
    past.value = past.value.slice(0, -1);
    items.value = [last, ...items.value.filter((i) => i.number !== last.number)];
    said.value = '';
}

function Ballot() {
    const item = items.value[0];
    useEffect(() => {
        const press = (e: KeyboardEvent) => {
            if (e.ctrlKey || e.altKey || e.metaKey || (e.target as HTMLElement).closest('input, textarea, select, dialog')) return;
            const value = { a: 1, d: -1, p: 0 }[e.key.toLowerCase()];
            if (value !== undefined) { e.preventDefault(); vote(value); }
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, []);
    if (!item) return <All />;
    return (
        <article class="card">
            <p class="statement"><Said text={item.text} language={item.language} /></p>
            {item.original && <details class="original"><summary>{t('live.translated')}</summary><p><Said text={item.original} language={item.original_language ?? ''} /></p></details>}
            <div class="votes" role="group" aria-label={t('live.your-vote')}>
                {([['agree', 1, 'A'], ['disagree', -1, 'D'], ['pass', 0, 'P']] as const).map(([name, value, letter]) => (
                    <button key={name} type="button" class={name} aria-keyshortcuts={letter} onClick={() => vote(value)}>
                        <span aria-hidden="true" class="sign">{{ agree: '✓', disagree: '✕', pass: '–' }[name]}</span>{t(`live.${name}`)} <kbd aria-hidden="true">{letter}</kbd>
                    </button>
                ))}
            </div>
        </article>
    );
}

function All() {
    return (
        <section class="card">
            <h2>{t(done.value.of || !offline.value ? 'live.all' : 'live.no-signal')}</h2>
            <p>{t('live.all.text')}</p>
            <button type="button" onClick={() => void send().then(() => refill())}>{t('live.look-again')}</button>
        </section>
    );
}

function State() {
    const a = about.value;
    const room = useRef<HTMLTextAreaElement>(null);
    const answer = useRef<HTMLParagraphElement>(null);
    if (!a?.may_state) return null;
    const submit = async (e: Event) => {
        e.preventDefault();
        const box = room.current!, note = answer.current!;
        if (!box.value.trim()) return;
        box.dataset['client'] ||= String(newNumber());
        try {
            const got = await post<{ shown: string }>('statements', { secret: kept.secret, text: box.value, lang: speak(), client: Number(box.dataset['client']) });
            note.textContent = t(got.shown === 'now' ? 'live.added-now' : 'live.added-later');
            box.value = '';
            delete box.dataset['client'];
        } catch (failure) {
            note.textContent = failure instanceof Refused ? failure.status ? failure.message : t('live.no-signal') : '';
        }
    };
    return (
        <details class="state">
            <summary>{t('live.add')}</summary>
            <form onSubmit={(e) => void submit(e)}>
                <label for="own">{t('live.add.how')}</label>
                <textarea id="own" ref={room} maxLength={280} rows={3} dir="auto" />
                <button type="submit">{t('live.add.send')}</button>
                <p role="status" ref={answer} class="note" />
            </form>
        </details>
    );
}

function Leave() {
    const leave = async () => {
        try {
            await post('withdraw', { secret: kept.secret });
            forget();
            step.value = 'left';
        } catch (failure) { tell(failure); }
    };
    return (
        <details class="leave">
            <summary>{t('live.kept')}</summary>
            <Kept />
            <p>{t('live.leave.text')}</p>
            <button type="button" class="danger" onClick={() => void leave()}>{t('live.leave')}</button>
        </details>
    );
}

function Vote() {
    const { answered, of } = done.value;
    return (
        <>
            <p class="progress"><progress max={Math.max(of, 1)} value={answered} aria-label={t('live.progress')} /> <span>{t('live.of', { n: num(answered), of: num(of) })}</span></p>
            {isOpen(ended.value) ? <Ballot /> : <p class="banner" role="status">{t(`live.${ended.value}`)}</p>}
            <p class="row under">
                <button type="button" class="plain small" disabled={!past.value.length} onClick={back}>{t('live.back')}</button>
                <span role="status" class="note">
                    {offline.value ? t('live.offline', { n: num(waiting.value) }) : waiting.value ? t('live.sending', { n: num(waiting.value) }) : said.value}
                </span>
            </p>
            <p class="hidden" aria-live="polite">{items.value[0] ? `${t('live.next')} ${items.value[0].text}` : ''}</p>
            {fault.value && <p class="banner bad" role="alert">{fault.value}</p>}
            <State />
            <Leave />
        </>
    );
}

const fix = () => void (about.value && kept.joined ? refill() : null);

export function Part() {
    useEffect(() => { void begin(); }, []);
    const title = about.value?.topic ?? t('live.title');
    document.title = title;
    return (
        <Frame title={title} changed={fix}>
            {step.value === 'wait' && <p class="wait">{t('live.wait')}</p>}
            {step.value === 'consent' && <Consent />}
            {step.value === 'tell' && <Tell />}
            {step.value === 'vote' && <Vote />}
            {step.value === 'left' && <p class="banner" role="status">{t('live.left')}</p>}
            {step.value === 'refused' && (
                <section><p class="banner bad" role="alert">{fault.value || t('live.no-code')}</p>
                    <button type="button" onClick={() => void begin()}>{t('live.look-again')}</button></section>
            )}
        </Frame>
    );
}

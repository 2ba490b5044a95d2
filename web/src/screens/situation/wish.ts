/* What the address asks for. Invariant: a wish that the run knows nothing of falls back to what the run does know, so that every
 * address shows something. */
import { param } from '../../app/route';
import { monthNumber, monthText } from '../../chart/scale';
import { monthsAhead, type ForecastRun } from './data';
import { isMeasure, type Measure } from './model';

const HISTORY = 36;

/** What the address asks for, as far as the run knows it. */
export interface Wish { at: string; measure: Measure; past: boolean; from: string; to: string }

/** The month of the address, or the first one ahead; questions read only this, so that they ask anew only for it. */
export function when(run: ForecastRun): { at: string; past: boolean } {
    const ahead = monthsAhead(run);
    const wish = param('at').value;
    const known = wish === 'total' || (/^\d{4}-\d{2}$/.test(wish) && wish >= run.params.data_first && wish <= ahead[ahead.length - 1]!);
    const at = known ? wish : ahead[0]!;
    return { at, past: at !== 'total' && at <= run.params.origin };
}

export function chosen(run: ForecastRun): Wish {
    const show = param('show').value;
    return { ...when(run), measure: isMeasure(show) ? show : 'p25', from: param('from').value, to: param('to').value };
}

/** First month of the time line: three years, or as far back as the reader looks. */
export function begins(run: ForecastRun): string {
    const { at, past } = when(run);
    return [param('from').value || '9999', past ? monthText(monthNumber(at) - 1) : '9999', monthText(monthNumber(run.params.origin) - HISTORY + 1)].sort()[0]!;
}

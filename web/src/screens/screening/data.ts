/* What the screening's routes answer, as types. */
export interface Reason {
    kind: string;
    what: string | null;
    log_odds: number | null;
    value: number | null;
    asked: string | null;
    listed: string | null;
    text: string;
}
export interface Decision { verdict: string; who: string | null; reason: string | null; at: string; outdated: boolean }
export interface Candidate {
    hit: string;
    score: number;
    is_hit: boolean;
    excepted: boolean;
    list: string;
    list_version: string | null;
    vintage: number;
    entity: string;
    schema: string;
    caption: string | null;
    matched: string | null;
    matched_kind: string;
    decision: Decision | null;
    birth?: string[];
    country?: string[];
    nationality?: string[];
    programme?: string[];
    position?: string[];
    names?: string[];
    reasons: Reason[];
}
export interface Found {
    threshold: number;
    found: number;
    hits: number;
    lists: { list: string; version: string | null; vintage: number; known_at: string | null; entries: number }[];
    items: Candidate[];
}
export interface Batch {
    batch: number;
    name: string;
    state: string;
    line: number;
    lines: number;
    rows: number;
    bad: number;
    rows_hit: number;
    hits: number;
    what: string | null;
    mend: string | null;
    columns: { column: string | null; property: string | null }[];
}
export interface Queued extends Candidate {
    asked: { line: number; names: string[]; birth: string[]; country: string[]; numbers: string[]; schema: string };
}
export interface Vintage { list: string; vintage: number; version: string | null; entries: number; newest: string; known_at: string }
export interface Entity { caption: string; properties: Record<string, string[]> }
export interface Change { change: string; entity: string; schema: string; caption: string; fields: string[]; before: Entity | null; after: Entity | null }
export interface Decided { hit: string; list: string; entity: string; verdict: string; who: string | null; reason: string | null; at: string }

export const VERDICTS = ['true-match', 'false-match', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

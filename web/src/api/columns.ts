/* Columns of numbers in one binary answer (application/vnd.vigie.columns). Invariant: the arrays are views of the answer
 * itself; nothing is copied. The form, little-endian throughout:
 *
 *     0   8 bytes   "VGCOLS1" and a zero
 *     8   u32       rows
 *     12  u32       columns
 *     16  a column each 24 bytes: name (16 bytes, ASCII, zeros behind), u32 type, u32 where its data begins
 *
 * Data begins at a multiple of 8. Types: 1 u8, 2 u16, 3 u32, 4 i32, 5 f32, 6 f64. Not known: NaN, or -1 in i32. */

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
export interface Columns { n: number; column: Record<string, Column> }

const TYPES = [null, Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array, Float64Array] as const;

export function readColumns(bytes: ArrayBuffer): Columns {
    const view = new DataView(bytes);
    const text = (at: number, n: number) => {
        let s = '';
        for (let i = at; i < at + n && view.getUint8(i); i++) s += String.fromCharCode(view.getUint8(i));
        return s;
    };
    if (bytes.byteLength < 16 || text(0, 8) !== 'VGCOLS1') throw new Error('not an answer in columns');
    const n = view.getUint32(8, true);
    const column: Record<string, Column> = {};
    for (let i = 0; i < view.getUint32(12, true); i++) {
        const at = 16 + 24 * i;
        const Type = TYPES[view.getUint32(at + 16, true)];
        if (!Type) throw new Error(`a column of a type that is not known: ${text(at, 16)}`);
        column[text(at, 16)] = new Type(bytes, view.getUint32(at + 20, true), n);
    }
    return { n, column };
}

// Tables of data/ that build/tables.js turns into modules.
declare module 'virtual:vigie/countries' {
    /** [iso3, M49 number, Gleditsch-Ward number, latitude, longitude, last year or 0] */
    const rows: [string, number, number, number, number, number][];
    export default rows;
}
declare module 'virtual:vigie/borders' {
    /** Pairs of iso3 that share a land border. */
    const pairs: [string, string][];
    export default pairs;
}
declare module 'virtual:vigie/names/*' {
    const names: Record<string, string>;
    export default names;
}
declare module 'virtual:vigie/map/*' {
    import type { Topology } from 'topojson-specification';
    const topology: Topology;
    export default topology;
}

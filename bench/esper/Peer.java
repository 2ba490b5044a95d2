import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of a ceasefire watch in EPL, on Esper: dedupe by source and number, one incident for reports of the same
 * family of acts that are near in time and place, clauses by point in polygon. Yes or no, no probabilities; no log, no
 * hashes, no figures, no revisions. Reading the files, compiling the statements and a warm-up are not timed.
 *
 *     java -cp ... Peer FOLDER FOUND.csv [WARM-UP]      prints {"seconds":..,"reports":..,"incidents":..,"rss_mib":..}
 */
public final class Peer {
    static final ZoneId ZONE = ZoneId.of("Atlantic/Azores");
    static long[] allies = new long[16];
    static final Map<String, Integer> partyNames = new HashMap<>();
    static final List<String> partyIds = new ArrayList<>();
    static final List<Clause> clauses = new ArrayList<>();

    static final String[] EPL = {
        // the same source and number again is passed over
        "@public insert into Fresh select * from Report(not withdraws)#firstunique(key)",
        // incidents are kept for a week of arrival
        "@public create window Incident#time(7 days) as (number long, family int, act int, weapon int, calibre double,"
            + " party int, pointOf int, fromS long, toS long, atS long, lat double, lon double, radius double)",
        "create index ByFamily on Incident(family hash, atS btree)",
        // a report joins an incident of its family whose time and circle it touches, and makes it sharper; or begins one
        "on Fresh as r merge Incident as i"
            + " where i.family = r.family and i.atS between r.atS - 3600 and r.atS + 3600"
            + " and i.fromS <= r.toS + 120 and i.toS >= r.fromS - 120"
            + " and Peer.near(i.lat, i.lon, i.radius, r.lat, r.lon, r.radius)"
            + " when matched then"
            + " update set lat = case when r.radius < i.radius then r.lat else i.lat end,"
            + " lon = case when r.radius < i.radius then r.lon else i.lon end,"
            + " act = case when i.act = 0 then r.act else i.act end,"
            + " weapon = case when i.weapon = 0 then r.weapon else i.weapon end,"
            + " party = case when i.party < 0 and r.firm then r.party else i.party end,"
            + " radius = min(i.radius, r.radius)"
            + " then insert into Told select i.number as number, r.key as key, i.act as act, i.weapon as weapon,"
            + " i.calibre as calibre, i.party as party, i.pointOf as pointOf, i.atS as atS, i.lat as lat, i.lon as lon"
            + " when not matched then"
            + " insert select Peer.nextNumber() as number, r.family as family, r.act as act, r.weapon as weapon,"
            + " r.calibre as calibre, case when r.firm then r.party else -1 end as party, r.pointOf as pointOf,"
            + " r.fromS as fromS, r.toS as toS, r.atS as atS, r.lat as lat, r.lon as lon, r.radius as radius"
            + " then insert into Told select Peer.lastNumber() as number, r.key as key, r.act as act, r.weapon as weapon,"
            + " r.calibre as calibre, case when r.firm then r.party else -1 end as party, r.pointOf as pointOf,"
            + " r.atS as atS, r.lat as lat, r.lon as lon",
        // what is new or sharper is held against the clauses
        "@name('breach') select t.number as number, c.number as clause, t.party as party"
            + " from Told as t unidirectional, Clause#keepall as c"
            + " where c.broken(t.act, t.weapon, t.calibre, t.party, t.atS, t.lat, t.lon, t.pointOf)",
        "@name('told') select * from Told",
    };

    private static long numbers;

    public static long nextNumber() {
        return ++numbers;
    }

    public static long lastNumber() {
        return numbers;
    }

    /** Circles of 90 % that touch; metres on a plane are good enough at these distances. */
    public static boolean near(double lat1, double lon1, double r1, double lat2, double lon2, double r2) {
        double y = (lat2 - lat1) * 111200, x = (lon2 - lon1) * 111200 * Math.cos(Math.toRadians(lat1));
        double reach = Math.hypot(r1, r2) * 1.2;
        return x * x + y * y <= reach * reach;
    }

    // --- files ---

    static final String[] ACTS = "unknown small_arms heavy_mg mortar artillery mlrs tank_fire air_strike drone_strike drone_flight manned_flight naval advance troop_movement fortification weapon_presence mine_laying detention obstruction_of_monitors jamming attack_on_infrastructure attack_on_aid cyber_operation incitement".split(" ");
    static final String[] WEAPONS = "unknown small_arms heavy_mg mortar howitzer mlrs tank anti_tank anti_aircraft missile bomb uav aircraft helicopter ship mine none".split(" ");
    static final Map<String, Double> RADIUS = Map.of("patrol", 400., "camera", 150., "acoustic", 1200., "uav", 120.,
        "satellite", 500., "press", 3000., "party", 2000., "hotline", 1500.);

    static int index(String[] words, String word) {
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals(word)) {
                return i;
            }
        }
        throw new IllegalArgumentException(word);
    }

    /** Acts that are taken for one another: light fire, heavy fire and strikes, flights, what stands and moves, the rest. */
    static int family(int act) {
        return act == 0 ? 2 : act <= 2 ? 1 : act <= 8 || act == 11 ? 2 : act <= 10 ? 3 : act <= 16 ? 4 : act;
    }

    /** Names as the agreement compares them: small letters only, without the article. */
    static String folded(String name) {
        return name.toLowerCase().replaceAll("^the ", "").replaceAll("[^a-z]", "");
    }

    static double number(String s) {
        return s.isEmpty() ? Double.NaN : Double.parseDouble(s);
    }

    static Report report(String line) {
        String[] c = line.split(",", -1);
        Report r = new Report();
        r.source = c[0];
        r.id = c[1];
        r.key = (c[0] + "/" + c[1]).intern();
        r.receivedAt = Long.parseLong(c[2]);
        r.fromS = Long.parseLong(c[3]);
        r.toS = Long.parseLong(c[4]);
        r.atS = (r.fromS + r.toS) / 2;
        r.lat = number(c[5]);
        r.lon = number(c[6]);
        r.radius = c[7].isEmpty() ? RADIUS.get(c[19]) : Double.parseDouble(c[7]);
        if (!c[8].isEmpty()) { // a bearing and a range from the observer
            double turn = Math.toRadians(number(c[8])), far = (number(c[9]) + number(c[10])) / 2;
            r.lat += far * Math.cos(turn) / 111200;
            r.lon += far * Math.sin(turn) / (111200 * Math.cos(Math.toRadians(r.lat)));
        }
        r.act = index(ACTS, c[12]);
        r.family = family(r.act);
        r.weapon = index(WEAPONS, c[13]);
        r.calibre = number(c[14]);
        r.party = partyNames.getOrDefault(folded(c[16]), -1);
        r.firm = r.party >= 0 && (c[17].equals("seen") || c[17].equals("direction") || c[17].equals("admitted"));
        r.pointOf = c[20].equals("target") ? 1 : c[20].equals("origin") ? 2 : 0;
        r.withdraws = c[23].equals("true");
        return r;
    }

    static List<Report> reports(Path file) throws Exception {
        List<Report> all = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            in.readLine();
            for (String line; (line = in.readLine()) != null;) {
                all.add(report(line));
            }
        }
        return all;
    }

    static void clause(String[] c) {
        Clause x = new Clause();
        x.number = Integer.parseInt(c[0]);
        x.id = c[1];
        x.parties = Long.parseLong(c[2]);
        x.acts = Long.parseLong(c[3]);
        x.weapons = Long.parseLong(c[4]);
        x.leastCalibre = Double.parseDouble(c[5]);
        x.relation = Integer.parseInt(c[6]);
        x.everywhere = c[7].equals("1");
        x.from = Long.parseLong(c[8]);
        x.to = Long.parseLong(c[9]);
        x.dayFrom = Integer.parseInt(c[10]);
        x.dayTo = Integer.parseInt(c[11]);
        x.weekdays = Integer.parseInt(c[12]);
        if (c.length > 13 && !c[13].isEmpty()) {
            String[] e = c[13].split(";");
            x.exercises = new long[e.length][];
            for (int i = 0; i < e.length; i++) {
                String[] f = e[i].split(":");
                x.exercises[i] = new long[] {Long.parseLong(f[0]), Long.parseLong(f[1]), Long.parseLong(f[2])};
            }
        }
        clauses.add(x);
    }

    static void agreement(Path folder) throws Exception {
        for (String line : Files.readAllLines(folder.resolve("clauses.txt"))) {
            String[] c = line.split("\\|", -1);
            if (!c[0].equals("party")) {
                clause(c);
                continue;
            }
            int n = Integer.parseInt(c[1]);
            allies[n] = Long.parseLong(c[2]);
            partyIds.add(c[3]);
            for (int i = 3; i < c.length; i++) {
                partyNames.put(folded(c[i]), n);
            }
        }
        for (String line : Files.readAllLines(folder.resolve("shapes.txt"))) {
            String[] c = line.split("\\|", 4);
            Clause.Shape s = new Clause.Shape();
            s.from = Long.parseLong(c[1]);
            s.to = Long.parseLong(c[2]);
            for (String ring : c[3].substring(c[3].indexOf("[[")).split("\\]\\]")) {
                String[] n = ring.replaceAll("[^0-9.,-]", "").replaceAll("^,+", "").split(",+");
                if (n.length < 6) {
                    continue;
                }
                double[] r = new double[n.length];
                for (int i = 0; i < n.length; i++) {
                    r[i] = Double.parseDouble(n[i]);
                    if (i % 2 == 0) {
                        s.west = Math.min(s.west, r[i]);
                        s.east = Math.max(s.east, r[i]);
                    } else {
                        s.south = Math.min(s.south, r[i]);
                        s.north = Math.max(s.north, r[i]);
                    }
                }
                s.rings.add(r);
            }
            clauses.get(Integer.parseInt(c[0])).shapes.add(s);
        }
    }

    // --- a run ---

    static final class Found {
        int party = -1;
        final List<Integer> clauses = new ArrayList<>();
        final List<String> keys = new ArrayList<>();
    }

    static double run(List<Report> reports, int n, Map<Long, Found> found, String name) throws Exception {
        Configuration c = new Configuration();
        c.getCommon().addEventType(Report.class);
        c.getCommon().addEventType(Clause.class);
        c.getCommon().addImport(Peer.class);
        c.getCompiler().getExpression().setUdfCache(false); // nextNumber() is new each time
        c.getRuntime().getThreading().setInternalTimerEnabled(false);
        EPCompiled compiled = EPCompilerProvider.getCompiler().compile(String.join(";\n", EPL), new CompilerArguments(c));
        EPRuntime runtime = EPRuntimeProvider.getRuntime(name, c);
        runtime.getEventService().advanceTime(reports.get(0).receivedAt * 1000);
        String deployment = runtime.getDeploymentService().deploy(compiled).getDeploymentId();
        runtime.getDeploymentService().getStatement(deployment, "told").addListener((in, out, s, r) -> {
            for (EventBean e : in) {
                Found f = found.computeIfAbsent((Long) e.get("number"), k -> new Found());
                f.keys.add((String) e.get("key"));
            }
        });
        runtime.getDeploymentService().getStatement(deployment, "breach").addListener((in, out, s, r) -> {
            Found f = found.computeIfAbsent((Long) in[0].get("number"), k -> new Found());
            f.clauses.clear();
            f.party = (Integer) in[0].get("party");
            for (EventBean e : in) {
                f.clauses.add((Integer) e.get("clause"));
            }
        });
        for (Clause x : clauses) {
            runtime.getEventService().sendEventBean(x, "Clause");
        }
        long begin = System.nanoTime();
        for (int i = 0; i < n; i++) {
            Report r = reports.get(i);
            runtime.getEventService().advanceTime(r.receivedAt * 1000);
            runtime.getEventService().sendEventBean(r, "Report");
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        runtime.destroy();
        return seconds;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        agreement(folder);
        List<Report> reports = reports(folder.resolve("reports.csv"));
        int warm = Math.min(reports.size(), args.length > 2 ? Integer.parseInt(args[2]) : 50000);
        run(reports, warm, new HashMap<>(), "warm-up");
        Map<Long, Found> found = new HashMap<>();
        numbers = 0;
        double seconds = run(reports, reports.size(), found, "measured");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(args[1])))) {
            for (Found f : found.values()) {
                StringBuilder line = new StringBuilder(f.party >= 0 ? partyIds.get(f.party) : "").append(',');
                for (int i = 0; i < f.clauses.size(); i++) {
                    line.append(i > 0 ? ";" : "").append(clauses.get(f.clauses.get(i)).id);
                }
                out.println(line.append(',').append(String.join(";", f.keys)));
            }
        }
        long rss = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM")) {
                rss = Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        System.out.printf(java.util.Locale.ROOT,
            "{\"seconds\":%.4f,\"reports\":%d,\"incidents\":%d,\"rss_mib\":%d}%n", seconds, reports.size(), found.size(), rss);
    }
}

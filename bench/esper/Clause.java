import java.util.ArrayList;
import java.util.List;

/** A clause with the shapes of its zone's versions. Point in polygon behind a bounding box; no probabilities. */
public final class Clause {
    public static final class Shape {
        long from, to;
        double west = 1e9, south = 1e9, east = -1e9, north = -1e9;
        final List<double[]> rings = new ArrayList<>(); // lon, lat, lon, lat ...

        boolean has(double lat, double lon) {
            if (lon < west || lon > east || lat < south || lat > north) {
                return false;
            }
            boolean inside = false;
            for (double[] r : rings) {
                for (int i = 0, k = r.length - 2; i < r.length; k = i, i += 2) {
                    if (r[i + 1] > lat != r[k + 1] > lat
                            && lon < (r[k] - r[i]) * (lat - r[i + 1]) / (r[k + 1] - r[i + 1]) + r[i]) {
                        inside = !inside;
                    }
                }
            }
            return inside;
        }
    }

    public int number;
    public String id;
    public long parties, acts, weapons;
    public double leastCalibre;
    public int relation;
    public boolean everywhere;
    public long from, to;
    public int dayFrom, dayTo, weekdays;
    public long[][] exercises = new long[0][]; // party, from, to
    public final List<Shape> shapes = new ArrayList<>();

    public int getNumber() { return number; }
    public long getActs() { return acts; }

    static final int OUTSIDE = 1, TARGET_INSIDE = 4, ORIGIN_INSIDE = 5;

    private boolean where(long at, double lat, double lon, int pointOf) {
        if (everywhere) {
            return true;
        }
        if (relation == TARGET_INSIDE && pointOf == 2 || relation == ORIGIN_INSIDE && pointOf != 2) {
            return false;
        }
        for (Shape s : shapes) {
            if (at >= s.from && at < s.to) {
                return s.has(lat, lon) != (relation == OUTSIDE);
            }
        }
        return false;
    }

    private boolean when(long at) {
        if (at < from || at >= to) {
            return false;
        }
        java.time.ZonedDateTime local = java.time.Instant.ofEpochSecond(at).atZone(Peer.ZONE);
        int second = local.toLocalTime().toSecondOfDay();
        boolean hours = dayFrom <= dayTo ? second >= dayFrom && second < dayTo : second >= dayFrom || second < dayTo;
        return hours && (weekdays == 0 || (weekdays >> (local.getDayOfWeek().getValue() - 1) & 1) != 0);
    }

    private boolean binds(int party) {
        if (parties == 0xFFFFFFFFL || party < 0) {
            return parties == 0xFFFFFFFFL;
        }
        for (int i = 0; i < Peer.allies.length; i++) {
            if ((parties >> i & 1) != 0 && (i == party || (Peer.allies[i] >> party & 1) != 0)) {
                return true;
            }
        }
        return false;
    }

    public boolean broken(int act, int weapon, double calibre, int party, long at, double lat, double lon, int pointOf) {
        if ((acts >> act & 1) == 0 || weapons != 0 && (weapons >> weapon & 1) == 0
                || leastCalibre > 0 && !(calibre >= leastCalibre) || !binds(party) || !where(at, lat, lon, pointOf)) {
            return false;
        }
        for (long[] x : exercises) {
            if (x[0] == party && at >= x[1] && at < x[2]) {
                return false;
            }
        }
        return from == Long.MIN_VALUE && dayFrom == 0 && dayTo == 86400 && weekdays == 0 || when(at);
    }
}

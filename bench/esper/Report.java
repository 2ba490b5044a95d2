/** One report of the stream, as the CSV of `vigie ceasefire replay --dump` tells it. */
public final class Report {
    public String source, id, key;
    public long receivedAt, fromS, toS, atS;
    public double lat, lon, radius, calibre;
    public int act, family, weapon, party, pointOf;
    public boolean firm; // the actor was seen, heard from a direction, or admits it
    public boolean withdraws;

    public String getKey() { return key; }
    public long getFromS() { return fromS; }
    public long getToS() { return toS; }
    public long getAtS() { return atS; }
    public double getLat() { return lat; }
    public double getLon() { return lon; }
    public double getRadius() { return radius; }
    public double getCalibre() { return calibre; }
    public int getAct() { return act; }
    public int getFamily() { return family; }
    public int getWeapon() { return weapon; }
    public int getParty() { return party; }
    public int getPointOf() { return pointOf; }
    public boolean isFirm() { return firm; }
    public boolean isWithdraws() { return withdraws; }
}

/* The words of what a report may say, and back. Invariant: word[i] of a table is the word of the enum's value i, and is
 * stable: words stand in files, feeds and agreements. */
#include "store/report.h"

static const char *const ACTS[VG_N_ACTS] = {
    [VG_ACT_UNKNOWN] = "unknown",
    [VG_ACT_SMALL_ARMS] = "small_arms",
    [VG_ACT_HEAVY_MG] = "heavy_mg",
    [VG_ACT_MORTAR] = "mortar",
    [VG_ACT_ARTILLERY] = "artillery",
    [VG_ACT_MLRS] = "mlrs",
    [VG_ACT_TANK_FIRE] = "tank_fire",
    [VG_ACT_AIR_STRIKE] = "air_strike",
    [VG_ACT_DRONE_STRIKE] = "drone_strike",
    [VG_ACT_DRONE_FLIGHT] = "drone_flight",
    [VG_ACT_MANNED_FLIGHT] = "manned_flight",
    [VG_ACT_NAVAL] = "naval",
    [VG_ACT_ADVANCE] = "advance",
    [VG_ACT_TROOP_MOVEMENT] = "troop_movement",
    [VG_ACT_FORTIFICATION] = "fortification",
    [VG_ACT_WEAPON_PRESENCE] = "weapon_presence",
    [VG_ACT_MINE_LAYING] = "mine_laying",
    [VG_ACT_DETENTION] = "detention",
    [VG_ACT_OBSTRUCTION_OF_MONITORS] = "obstruction_of_monitors",
    [VG_ACT_JAMMING] = "jamming",
    [VG_ACT_ATTACK_ON_INFRASTRUCTURE] = "attack_on_infrastructure",
    [VG_ACT_ATTACK_ON_AID] = "attack_on_aid",
    [VG_ACT_CYBER_OPERATION] = "cyber_operation",
    [VG_ACT_INCITEMENT] = "incitement",
};

static const char *const WEAPONS[VG_N_WEAPONS] = {
    [VG_WEAPON_UNKNOWN] = "unknown",
    [VG_WEAPON_SMALL_ARMS] = "small_arms",
    [VG_WEAPON_HEAVY_MG] = "heavy_mg",
    [VG_WEAPON_MORTAR] = "mortar",
    [VG_WEAPON_HOWITZER] = "howitzer",
    [VG_WEAPON_MLRS] = "mlrs",
    [VG_WEAPON_TANK] = "tank",
    [VG_WEAPON_ANTI_TANK] = "anti_tank",
    [VG_WEAPON_ANTI_AIRCRAFT] = "anti_aircraft",
    [VG_WEAPON_MISSILE] = "missile",
    [VG_WEAPON_BOMB] = "bomb",
    [VG_WEAPON_UAV] = "uav",
    [VG_WEAPON_AIRCRAFT] = "aircraft",
    [VG_WEAPON_HELICOPTER] = "helicopter",
    [VG_WEAPON_SHIP] = "ship",
    [VG_WEAPON_MINE] = "mine",
    [VG_WEAPON_NONE] = "none",
};

static const char *const BASES[VG_N_BASES] = { "none", "seen", "direction", "accused", "admitted" };

static const char *const SOURCE_KINDS[VG_N_SOURCE_KINDS] = { "other",    "patrol", "camera",
                                                             "acoustic", "uav",    "satellite",
                                                             "press",    "party",  "hotline" };

static const char *const COUNT_KINDS[] = { "exact", "at_least", "about" };
static const char *const POINTS[] = { "place", "target", "origin" };
static const char *const COVERS[] = { NULL, "watching", "restricted", "jammed", "cloud", "down" };
static const char *const VERIFICATIONS[] = { "reported", "under_verification", "verified", "rejected" };
static const char *const CLAIMS[] = { "self_defence", "exercise", "demining", "medical", "third_party" };

#define N_OF(table) ((int)(sizeof(table) / sizeof *(table)))

static const char *name_in(const char *const *word, int n, int at)
{
    return at >= 0 && at < n && word[at] ? word[at] : "unknown";
}

static int find_in(const char *const *word, int n, vg_str s)
{
    for (int i = 0; i < n; i++)
        if (word[i] && vg_eq(vg_str_z(word[i]), s))
            return i;
    return -1;
}

const char *vg_act_name(int act)
{
    return name_in(ACTS, VG_N_ACTS, act);
}

int vg_act_by_name(vg_str word)
{
    return find_in(ACTS, VG_N_ACTS, word);
}

const char *vg_weapon_name(int weapon)
{
    return name_in(WEAPONS, VG_N_WEAPONS, weapon);
}

int vg_weapon_by_name(vg_str word)
{
    return find_in(WEAPONS, VG_N_WEAPONS, word);
}

const char *vg_basis_name(int basis)
{
    return name_in(BASES, VG_N_BASES, basis);
}

int vg_basis_by_name(vg_str word)
{
    return find_in(BASES, VG_N_BASES, word);
}

const char *vg_source_kind_name(int kind)
{
    return name_in(SOURCE_KINDS, VG_N_SOURCE_KINDS, kind);
}

int vg_source_kind_by_name(vg_str word)
{
    return find_in(SOURCE_KINDS, VG_N_SOURCE_KINDS, word);
}

const char *vg_cover_name(int state)
{
    return name_in(COVERS, N_OF(COVERS), state);
}

int vg_cover_by_name(vg_str word)
{
    return find_in(COVERS, N_OF(COVERS), word);
}

const char *vg_verification_name(int state)
{
    return name_in(VERIFICATIONS, N_OF(VERIFICATIONS), state);
}

int vg_verification_by_name(vg_str word)
{
    return find_in(VERIFICATIONS, N_OF(VERIFICATIONS), word);
}

const char *vg_point_of_name(int point_of)
{
    return name_in(POINTS, N_OF(POINTS), point_of);
}

int vg_point_of_by_name(vg_str word)
{
    return find_in(POINTS, N_OF(POINTS), word);
}

const char *vg_count_kind_name(int kind)
{
    return name_in(COUNT_KINDS, N_OF(COUNT_KINDS), kind);
}

int vg_count_kind_by_name(vg_str word)
{
    return find_in(COUNT_KINDS, N_OF(COUNT_KINDS), word);
}

const char *vg_claim_name(int claim)
{
    for (int i = 0; i < N_OF(CLAIMS); i++)
        if (claim == 1 << i)
            return CLAIMS[i];
    return "unknown";
}

int vg_claim_by_name(vg_str word)
{
    int i = find_in(CLAIMS, N_OF(CLAIMS), word);
    return i < 0 ? -1 : 1 << i;
}

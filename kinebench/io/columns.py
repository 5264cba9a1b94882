"""What the columns of a MOT or STO file hold, as far as their names say.

OpenSim's files carry no types: coordinates, speeds, forces, muscle states and marker positions
stand side by side in one table. The names below are those of OpenSim's tools and of the public
models (Delp 1990, gait10dof, gait2354, gait2392, Arnold 2010, Hamner 2010, Rajagopal 2016,
LaiUhlrich, Catelli, Lenhart's knee, Raabe's and Bruno's spines, the Stanford, Holzbaur, Saul and
thoracoscapular shoulders). A model, where there is one, knows better.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import chain

from kinebench.core.keypoints import KEYPOINT_SETS
from kinebench.core.motion import Kind

_TABLES = (
    (r"speeds", "speeds"),
    (r"accelerations", "accelerations"),
    (r"inverse dynamics.*", "joint moments"),
    (r"joint reaction loads", "joint reaction loads"),
    (r"controls", "controls"),
    (r"actuator ?(forces|powers|speeds)", "forces, powers or speeds of actuators"),
    (r"model ?(forces|probes)", "forces or probes"),
    (r"static optimization", "activations or forces of muscles"),
    (r"(point)?(positions?|velocit(y|ies)|accelerations?)", "motion of points or bodies"),
    (r"position ?errors", "tracking errors"),
    (r"model marker (locations|errors).*", "marker positions or errors"),
)
"""First lines of the tables that OpenSim writes under coordinates' names, and what they hold."""

_PER_TIME = r"(_?(deg|rad|m|mm)_?(per_?)?s(ec)?_?[2²]?)?"  # hip_flexion_r_velocity_deg_s
_RATES = (
    (r"[._/](speeds?|vel|velocity|velocities|angvel|qd|qdot|u_dot|dot)" + _PER_TIME, "a speed"),
    (r"[._/](udot|dudt|acc|accel|accelerations?|qdd|qddot|ddot)" + _PER_TIME, "an acceleration"),
)
_LOADS = re.compile(
    r"forces?|moments?|moms?|torques?|v?grfs?[xyz]?|grms?[xyz]?|cop[xyz]?|powers?|reserves?"
    r"|residuals?|correctors?|actuators?|bushing|wrench|loads?|work|j[rc]fs?|newtons?"
)
_MUSCLE_STATES = re.compile(
    r"activations?|act|excitations?|controls?|s?emg|fib(er|re)s?|tendons?|pennation|metabolics?"
    r"|musc(le)?s?"
)
_COUNTS = re.compile(
    r"(frames?|samples?|index|idx|rows?)([ _]?(no|num|number|nr|id|index|#))?|events?|phases?"
    r"|(gait_?)?cycles?|percent(age)?|%.*|labels?|trials?"
)
_QUALITIES = re.compile(r"confidences?|likelihoods?|scores?|visibility|reliability")
_SPREADS = re.compile(r"(.+)_(std|sd|se|sem|stderr|var|lower|upper|lo|hi|ci_?(low|high|lo|hi))")
_FORCE_COMPONENT = re.compile(r"([fm]_?\d*_?[xyz]_?\d*|.*[_.\d][fmv][xyz]\d*)", re.IGNORECASE)
_MUSCLE_NAMES = (
    "add_brev add_long add_mag addbrev addlong addmag addmagdist addmagisch addmagmid "
    "addmagprox anc anconeus apl bflh bfsh biclong bicshort bifemlh bifemsh bra brd corb delt "
    "deltoid ecrb ecrl ecu edci edcl edcm edcr edl edm ehl eip epb epl ercspn ext_dig ext_hal "
    "extobl fcr fcu fdl fdpi fdpl fdpm fdpr fdsi fdsl fdsm fdsr fhl flex_dig flex_hal fpl "
    "gaslat gasmed gastroc gem glmax glmed glmin glut_max glut_med glut_min grac hamstrings "
    "hams iliacus iliopsoas infsp intobl lat lat_gas latissimus med_gas pecm pect pect_maj "
    "per_brev per_long per_tert perbrev peri perlong piri pq psoas pt quad_fem recfem "
    "rect_fem rectfem sar "
    "sart semimem semiten soleus subsc supsp tfl tib_ant tib_post tibant tibpost "
    "tmaj tmin trap triceps trilat trilong trimed vas_int vas_lat vas_med vasint vaslat "
    "vasmed vasti "
)
_MUSCLES = frozenset(_MUSCLE_NAMES.split())
_KEYPOINTS = frozenset(name for names in KEYPOINT_SETS.values() for name in names)
_KEYPOINT_AXIS = re.compile(r"(.+?)([_.]?t?)([xyzXYZ])")
_ROOTS = ("pelvis", "ground", "root", "base", "torso", "trunk")

_LENGTH = re.compile(
    r"(?<![a-z])[tp]_?[xyz](?![a-z])"  # pelvis_tx, knee_tx_r, TX, pelvis_t_x, pelvis_px
    r"|^(pelvis|root|ground|base)_?[xyz]$"  # beside pelvis_tilt or root_rx
    r"|anterior_?posterior|medi(o|al)_?lateral|superior_?inferior|compression|distraction"
    r"|(?<![a-z])(ap|ml|height|glide|drawer|shear|disp|offset|shift)(?![a-z])"
    r"|_t[123](_[rl])?$"  # Abs_t1; not T1_T2_FE, which is a vertebra
    r"|transl|(?<![a-z])trans(?![a-z]{3})|displace|piston|slid(e|er|ing)(?![a-z])|distance"
    r"|(?<![a-z])pos(ition)?(_?[xyz])?(?![a-z])"
)
_ANGLE = re.compile(
    r"angle|flex|extension|adduct|abduct|rotat|tilt|bend|elev|deviation|pronat|supinat|version"
    r"|oblique|obliquity|varus|valgus|twist|winging|protract|retract|depress|orient|axial"
    r"|(?<![a-z])(ang|ext|add|abd|rot|list|elv|dev|pro|sup|inv|ev|prot|roll|pitch|yaw|heading|turn"
    r"|lateral|plane|opp|lean|r[xyz]|r[123]|fe|lb|ar|rot[xyz])(?![a-z])"
    r"|(?<![a-z])[xyz]_?rot"
)


def other_contents(table: str, columns: Iterable[str]) -> str:
    """What a table of this first line holds instead of coordinates; empty when it may hold them.

    OpenSim writes speeds, moments and controls under the very names of the coordinates: only the
    first line of the file tells them apart.
    """
    name = " ".join(table.lower().split())
    for pattern, contents in _TABLES:
        if re.fullmatch(pattern, name):
            return contents
    tool_controls = any(column in ("FX", "MZ") or ".excitation" in column for column in columns)
    return "controls" if name.endswith("_controls") and tool_controls else ""


def coordinate_of(column: str) -> str:
    """The coordinate whose value a column of states holds, ``/jointset/<joint>/<name>/value``.

    Any other column gives its own name.
    """
    parts = column.strip("/").split("/")
    return parts[-2] if len(parts) > 1 and parts[-1] == "value" else column


def reasons_left_out(columns: Iterable[str], known: Container[str] | None = None) -> dict[int, str]:
    """Index of each column that holds no coordinate, and what it holds.

    Parameters
    ----------
    columns : iterable of str
        All columns of a file but time.
    known : container of str, optional
        The coordinates of the model: then nothing else is one.
    """
    names = tuple(columns)
    dotted_markers = any(re.search(r"\..*_t[xyz]$", name) for name in names)
    found = {}
    for index, name in enumerate(names):
        plain = coordinate_of(name)
        reason = _reason(name, names, dotted_markers)
        if known is not None:
            # a model may name its coordinates as it likes
            reason = "" if plain in known else reason or "no coordinate of the model"
        if reason:
            found[index] = reason
    return found


def _reason(name: str, columns: tuple[str, ...], dotted_markers: bool) -> str:
    if coordinate_of(name) != name:
        return ""
    lower = name.lower()
    rates = (reason for pattern, reason in _RATES if re.search(pattern + r"$", lower))
    other = (reason for holds, reason in _others(name, columns, dotted_markers) if holds)
    return next(chain(rates, other), "")


def _others(
    name: str, columns: tuple[str, ...], dotted_markers: bool
) -> Iterator[tuple[object, str]]:
    """Whether a column is something, true or false, and what; the first that is true counts."""
    lower = name.lower()
    humps = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    words = {*re.findall(r"[a-z]+", humps), *re.findall(r"[a-z]+", lower)}  # KneeMoment and CoP
    spread = _SPREADS.fullmatch(name)
    yield lower.endswith("_u") and name[:-2] in columns, "a speed"
    yield _COUNTS.fullmatch(lower), "a count or a label"
    yield spread and spread[1] in columns, "the spread of another column"
    yield any(_MUSCLE_STATES.fullmatch(word) for word in words), "a state of a muscle"
    yield any(_LOADS.fullmatch(word) for word in words), "a force or moment"
    yield any(_QUALITIES.fullmatch(word) for word in words), "how sure something is"
    yield "/" in name, "a state that is no coordinate"
    yield _is_force_component(name, columns), "a force or moment"
    yield _muscle(lower), "a muscle"
    yield dotted_markers and _is_marker(name, columns), "a marker position"
    yield _is_keypoint(name, columns), "a marker position"


def _is_force_component(name: str, columns: tuple[str, ...]) -> bool:
    if _FORCE_COMPONENT.fullmatch(name):
        return True
    # points of application and torques only beside their force: hip_tx is a translation
    stem, axis = name[:-2], name[-1:]
    beside = any(f"{stem}{kind}{axis}" in columns for kind in "fFvV")
    return name[-2:-1] in ("p", "T", "m") and axis in tuple("xyz") and beside


def _muscle(lower: str) -> bool:
    stem = re.sub(r"[_.]?\d*(_(r|l|right|left))?$", "", re.sub(r"^(r|l)_", "", lower))
    return re.sub(r"\d+$", "", stem) in _MUSCLES


def _is_marker(name: str, columns: tuple[str, ...]) -> bool:
    """Markers come as three columns; beside dotted ones, the undotted triples are markers too."""
    base = name[:-3]
    triple = name[-3:-1] == "_t" and all(f"{base}_t{axis}" in columns for axis in "xyz")
    return triple and not base.lower().startswith(_ROOTS)


def _is_keypoint(name: str, columns: tuple[str, ...]) -> bool:
    """A third of ``RKnee_x``, ``_y``, ``_z``: of a name that detectors or OpenCap give markers."""
    axis = _KEYPOINT_AXIS.fullmatch(name)
    if not axis or not (axis[1] in _KEYPOINTS or axis[1].endswith("_study")):
        return False
    upper = axis[3].isupper()
    axes = "XYZ" if upper else "xyz"
    return all(f"{axis[1]}{axis[2]}{letter}" in columns for letter in axes)


def kind_by_name(name: str) -> Kind | None:
    """Angle or length, as public models name their coordinates; None when the name does not say.

    ``pelvis_tx``, ``knee_tx_r``, ``Abs_t1`` and ``xTranslation`` are lengths; ``knee_angle_r``,
    ``arm_flex_l``, ``Abs_r3`` and ``xRotation`` are angles.
    """
    # Abs_t1 and T1_T2_FE differ in the letter's case only
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"(?<![a-z])T(?=\d)", "vertebra", name))
    lower = plain.lower()
    if _LENGTH.search(lower):
        return "translational"
    return "rotational" if _ANGLE.search(lower) else None

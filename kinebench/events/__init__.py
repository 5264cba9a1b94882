"""What happens when: repetitions, gait cycles, jump phases, and events that a person named."""

from kinebench.events.contacts import JumpPhases, contacts_from_feet, jump_phases
from kinebench.events.gait import (
    GaitEvents,
    gait_cycles,
    gait_events_from_markers,
)
from kinebench.events.intervals import Contact, Cycle, Flight, Repetition
from kinebench.events.manual import ManualEvent, read_events
from kinebench.events.repetitions import (
    pelvis_height,
    repetitions,
    sit_to_stand_repetitions,
    squat_repetitions,
)
from kinebench.events.walking import (
    Foot,
    Stretch,
    Turn,
    alternate,
    straight,
    stretches_of_walk,
    turns_of_heading,
)

__all__ = [
    "Contact",
    "Cycle",
    "Flight",
    "Foot",
    "GaitEvents",
    "JumpPhases",
    "ManualEvent",
    "Repetition",
    "Stretch",
    "Turn",
    "alternate",
    "contacts_from_feet",
    "gait_cycles",
    "gait_events_from_markers",
    "jump_phases",
    "pelvis_height",
    "read_events",
    "repetitions",
    "sit_to_stand_repetitions",
    "squat_repetitions",
    "straight",
    "stretches_of_walk",
    "turns_of_heading",
]

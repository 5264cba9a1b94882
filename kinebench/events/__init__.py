"""What happens when: repetitions, gait cycles, jump phases, and events that a person named."""

from kinebench.events.contacts import (
    centres_of_pressure,
    contacts_from_feet,
    contacts_from_force,
    side_of_contact,
    vertical_forces,
)
from kinebench.events.gait import (
    GaitEvents,
    gait_cycles,
    gait_events_from_contacts,
    gait_events_from_markers,
)
from kinebench.events.intervals import Contact, Cycle, Flight, Repetition
from kinebench.events.jumps import JumpPhases, jump_phases
from kinebench.events.manual import ManualEvent, read_events
from kinebench.events.normalisation import normalised, normalised_cycles
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
    "centres_of_pressure",
    "contacts_from_feet",
    "contacts_from_force",
    "gait_cycles",
    "gait_events_from_contacts",
    "gait_events_from_markers",
    "jump_phases",
    "normalised",
    "normalised_cycles",
    "pelvis_height",
    "read_events",
    "repetitions",
    "side_of_contact",
    "sit_to_stand_repetitions",
    "squat_repetitions",
    "straight",
    "stretches_of_walk",
    "turns_of_heading",
    "vertical_forces",
]

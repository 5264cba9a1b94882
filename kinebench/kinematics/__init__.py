"""Kinematics of OpenSim models without OpenSim: tree, forward kinematics, compiled solver."""

from kinebench.kinematics.forward import forward_kinematics, marker_jacobian, marker_positions
from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.tree import Tree

__all__ = ["Tree", "forward_kinematics", "marker_jacobian", "marker_positions", "read_tree"]

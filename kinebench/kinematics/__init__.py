"""Rigid-body tree of a model: forward kinematics, derivatives, batched solver."""

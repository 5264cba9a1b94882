"""Stages that solve inverse kinematics."""

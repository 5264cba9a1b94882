"""Runs on OpenCap sessions: facts are read once, `decide` chooses, `plan_from_session` builds."""

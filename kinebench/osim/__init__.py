"""OpenSim documents and tools: models and set-ups as XML, and running the tools quietly."""

"""Running a plan: cells, processes, cluster, and the store of what is done."""

"""From rows to statements: tables, scores, pairing, shares, regret, examples."""

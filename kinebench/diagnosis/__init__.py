"""Why does one side sink? Counterfactual swaps on one trial, without a reference."""

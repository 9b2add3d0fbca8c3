"""Names, values and calls across files: from facts to inference points, their gateways and their uses."""

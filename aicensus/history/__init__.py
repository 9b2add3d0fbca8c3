"""What commits say about files over time."""

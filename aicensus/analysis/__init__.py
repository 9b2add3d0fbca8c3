"""What the census says when it is read as a whole: rules of all prompts beside one another."""

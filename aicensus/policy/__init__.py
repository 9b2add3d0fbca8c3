"""The central policy library: its fragments, what prompts make of them, and how prompts are kept in step with them."""

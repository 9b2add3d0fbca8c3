"""Facts and links to the census: ids, owners, rules in prompts."""

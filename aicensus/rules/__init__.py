"""Rules in prompts: text to rules, two rules to a verdict. Pure functions over word lists that are data; no model is asked."""

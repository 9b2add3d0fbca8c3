"""Frozen records that every layer shares."""

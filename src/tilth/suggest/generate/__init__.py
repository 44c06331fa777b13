"""Queries written by an LLM, where nothing else reaches."""

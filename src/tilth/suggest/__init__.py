"""Query recommendations: candidates from titles, logs and an LLM, filtered and ranked."""

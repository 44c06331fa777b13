"""What the steps that ask an LLM share: clients, stores, plans, prices, batches, money."""

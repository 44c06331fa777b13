"""How fast the filter answers in this process and over HTTP, beside FastAPI; and how it stands five hard minutes."""

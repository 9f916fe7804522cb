"""ID Analyzer DocuPass, API version 1: its client, its payloads and its codes."""

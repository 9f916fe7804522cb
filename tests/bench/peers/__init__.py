"""What the console is measured against, each as its users commonly write it; they run in a venv of their own."""

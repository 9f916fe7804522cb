"""What the fixtures are made of; no test is here."""

"""What a report on paper is made of: fonts, letters, lines, tables, scales; which facts stand in it is not here."""

"""What workers record of their contacts with families, the files they add, and the chronology of it all."""

"""What people have written into a form and not saved yet."""

"""Partners' files on their way to becoming facts: read, mapped, checked, matched, rehearsed, approved, undone."""

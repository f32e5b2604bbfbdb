"""The edge: host, user, permission, trail and the one commit."""

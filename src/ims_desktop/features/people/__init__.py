"""The people of the group, their roles, and what these let them do."""

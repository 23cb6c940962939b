"""The screen on which proposals are taken or left out, one by one."""

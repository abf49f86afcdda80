"""Start-up, sign-in, the window shell and the navigation list."""

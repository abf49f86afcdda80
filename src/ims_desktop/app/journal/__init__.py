"""What a person enters is kept on this PC first, and sent when the server is there."""

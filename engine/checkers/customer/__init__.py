"""What a customer did wrong in a conversation: by the meanings of both sides where they have them, by the words elsewhere."""

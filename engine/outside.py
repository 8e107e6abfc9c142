class BadConversation(ValueError):
    pass

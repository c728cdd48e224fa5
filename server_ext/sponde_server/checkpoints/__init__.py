"""How notebooks and files stood before a turn of the chat changed them."""

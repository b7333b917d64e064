"""What a picture is taken apart into: which layers there are, their order, mattes and colours."""

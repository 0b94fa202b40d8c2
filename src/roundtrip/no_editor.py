"""What a command gets when it wants to open an editor: a sentence, and an end."""

import sys

sys.exit(
    "This command wanted to open an editor, which a notebook cell cannot do. "
    'Give the text on the command line instead, such as: git commit -m "Your message"'
)

"""What a command gets when it wants to open an editor: a sentence, and an end."""

import sys

sys.exit(
    "This command wanted to open an editor, which a notebook cell cannot do. "
    "A file of the project opens in the panel on the left; a message goes on the command line, as "
    'in: git commit -m "Your message"'
)

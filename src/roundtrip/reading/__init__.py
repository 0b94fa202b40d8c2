"""Reads the four places of a project; nothing is written, and no code of the learner runs here.

state: all four, as one value. git, databases, script_folder: each place; the model is what the
probe reports. scripts: one migration script. rescue: where a script that is gone still is.
overwriting: what a way to another commit would overwrite. versions: what a script made earlier.
classes: those in the files of the project. reader: reads a project again only when it has changed.
"""
